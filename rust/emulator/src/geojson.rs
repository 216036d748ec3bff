//! Checks GeoJSON the way that a server does before it stores it. Cells are not computed: clients skip them.

use serde_json::Value;

const HEADER_LEN: usize = 3;

/// The stored form of a value as sent: flags, no cells, text.
pub(crate) fn stored(data: &[u8]) -> Option<Vec<u8>> {
    let [_flags, high, low, ..] = data else {
        return None;
    };
    let cells = usize::from(u16::from_be_bytes([*high, *low])) * 8;
    let text = data.get(HEADER_LEN + cells..)?;
    is_geojson(text).then(|| [&[0; HEADER_LEN], text].concat())
}

/// True for text that a server takes for a shape.
pub(crate) fn is_geojson(text: &[u8]) -> bool {
    serde_json::from_slice(text).is_ok_and(|value| is_valid(&value, 0))
}

fn is_valid(value: &Value, depth: u8) -> bool {
    let coordinates = &value["coordinates"];
    match value["type"].as_str() {
        Some("Point") => is_position(coordinates),
        Some("Polygon") => is_polygon(coordinates),
        Some("MultiPolygon") => coordinates
            .as_array()
            .is_some_and(|polygons| polygons.iter().all(is_polygon)),
        Some("AeroCircle") => {
            is_position(&coordinates[0])
                && coordinates[1].as_f64().is_some_and(|radius| radius >= 0.0)
        }
        Some("Feature") => depth == 0 && is_valid(&value["geometry"], 1),
        _ => false,
    }
}

fn is_polygon(value: &Value) -> bool {
    let ring = |ring: &Value| {
        ring.as_array()
            .is_some_and(|ring| ring.len() >= 4 && ring.iter().all(is_position))
    };
    value.as_array().is_some_and(|rings| rings.iter().all(ring))
}

fn is_position(value: &Value) -> bool {
    let within =
        |value: &Value, limit: f64| value.as_f64().is_some_and(|degrees| degrees.abs() <= limit);
    within(&value[0], 180.0) && within(&value[1], 90.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        stored(&[&[0; HEADER_LEN], text.as_bytes()].concat()).is_some()
    }

    #[test]
    fn accepts_what_a_server_accepts() {
        assert!(accepts(r#"{"type":"Point","coordinates":[1,2]}"#));
        assert!(accepts(
            r#"{"type":"AeroCircle","coordinates":[[1,2],100]}"#
        ));
        assert!(accepts(
            r#"{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}"#
        ));
        assert!(!accepts(
            r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#
        ));
        assert!(!accepts(r#"{"type":"Point","coordinates":[200,95]}"#));
        assert!(!accepts("{}"));
        assert!(!accepts(""));
    }
}
