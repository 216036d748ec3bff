//! Shapes on the Earth, taken for a sphere, and whether one lies within another.

use serde_json::Value;

/// Radius of the sphere in metres.
const EARTH_RADIUS: f64 = 6_371_000.0;

/// A direction from the middle of the sphere, of length 1.
type Direction = [f64; 3];

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Point(Direction),
    /// The middle and the radius as an angle.
    Circle(Direction, f64),
    /// Polygons with their rings, the first around it and the others around its holes.
    Polygons(Vec<Vec<Vec<Direction>>>),
}

impl Shape {
    /// Reads GeoJSON.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        if !crate::geojson::is_geojson(text) {
            return None;
        }
        Self::of_value(&serde_json::from_slice(text).ok()?)
    }

    fn of_value(value: &Value) -> Option<Self> {
        let coordinates = &value["coordinates"];
        Some(match value["type"].as_str()? {
            "Point" => Self::Point(direction(coordinates)?),
            "AeroCircle" => Self::Circle(
                direction(&coordinates[0])?,
                coordinates[1].as_f64()? / EARTH_RADIUS,
            ),
            "Polygon" => Self::Polygons(vec![rings(coordinates)?]),
            "MultiPolygon" => {
                let polygons: Option<_> = coordinates.as_array()?.iter().map(rings).collect();
                Self::Polygons(polygons?)
            }
            "Feature" => Self::of_value(&value["geometry"])?,
            _ => return None,
        })
    }
}

fn rings(value: &Value) -> Option<Vec<Vec<Direction>>> {
    let ring = |ring: &Value| {
        let mut ring: Vec<_> = ring
            .as_array()?
            .iter()
            .map(direction)
            .collect::<Option<_>>()?;
        // The last position repeats the first.
        ring.pop();
        Some(ring)
    };
    value.as_array()?.iter().map(ring).collect()
}

fn direction(position: &Value) -> Option<Direction> {
    let (longitude, latitude) = (
        position[0].as_f64()?.to_radians(),
        position[1].as_f64()?.to_radians(),
    );
    Some([
        latitude.cos() * longitude.cos(),
        latitude.cos() * longitude.sin(),
        latitude.sin(),
    ])
}

/// Whether one side is a point and the other a region that it lies in.
pub(crate) fn is_within(left: &Shape, right: &Shape) -> bool {
    match (left, right) {
        (Shape::Point(_), Shape::Point(_)) => false,
        (Shape::Point(point), region) | (region, Shape::Point(point)) => covers(region, *point),
        _ => false,
    }
}

fn covers(region: &Shape, point: Direction) -> bool {
    match region {
        Shape::Point(_) => false,
        Shape::Circle(middle, radius) => angle(*middle, point) < *radius,
        Shape::Polygons(polygons) => polygons.iter().any(|rings| {
            let around = rings.iter().filter(|ring| encloses(ring, point));
            around.count() % 2 == 1
        }),
    }
}

fn dot(left: Direction, right: Direction) -> f64 {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
}

fn cross(left: Direction, right: Direction) -> Direction {
    [
        left[1] * right[2] - left[2] * right[1],
        left[2] * right[0] - left[0] * right[2],
        left[0] * right[1] - left[1] * right[0],
    ]
}

fn angle(left: Direction, right: Direction) -> f64 {
    let normal = cross(left, right);
    dot(normal, normal).sqrt().atan2(dot(left, right))
}

/// Whether a ring, whose edges are parts of great circles, goes around a point: seen from there, its corners turn once.
fn encloses(ring: &[Direction], point: Direction) -> bool {
    let middle = ring.iter().fold([0.0; 3], |sum: Direction, corner| {
        [sum[0] + corner[0], sum[1] + corner[1], sum[2] + corner[2]]
    });
    // The ring turns the same way around the opposite side of the sphere.
    if dot(middle, point) <= 0.0 {
        return false;
    }
    let turned: f64 = ring
        .iter()
        .zip(ring.iter().cycle().skip(1))
        .map(|(from, to)| {
            let (from, to) = (cross(point, *from), cross(point, *to));
            dot(point, cross(from, to)).atan2(dot(from, to))
        })
        .sum();
    turned.abs() > std::f64::consts::PI
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(point: &str, region: &str) -> bool {
        let shapes = [point, region].map(|text| Shape::parse(text.as_bytes()).unwrap());
        assert_eq!(
            is_within(&shapes[0], &shapes[1]),
            is_within(&shapes[1], &shapes[0])
        );
        is_within(&shapes[0], &shapes[1])
    }

    fn point(longitude: f64, latitude: f64) -> String {
        format!(r#"{{"type":"Point","coordinates":[{longitude},{latitude}]}}"#)
    }

    #[test]
    fn circles_have_a_radius_in_metres() {
        let circle = r#"{"type":"AeroCircle","coordinates":[[0,0],111000]}"#;
        assert!(within(&point(0.99, 0.0), circle));
        assert!(!within(&point(1.01, 0.0), circle));
    }

    #[test]
    fn polygons_may_have_holes_and_cross_the_date_line() {
        let square = r#"{"type":"Polygon","coordinates":[[[-10,-10],[10,-10],[10,10],[-10,10],[-10,-10]],
            [[-1,-1],[-1,1],[1,1],[1,-1],[-1,-1]]]}"#;
        assert!(within(&point(5.0, 5.0), square));
        assert!(!within(&point(0.0, 0.0), square));
        assert!(!within(&point(20.0, 0.0), square));
        assert!(!within(&point(180.0, 0.0), square));
        let across = r#"{"type":"Polygon","coordinates":[[[170,-10],[-170,-10],[-170,10],[170,10],[170,-10]]]}"#;
        assert!(within(&point(180.0, 0.0), across));
        assert!(!within(&point(0.0, 0.0), across));
    }
}
