//! TLS settings, from PEM texts to rustls.

use std::sync::Arc;

use aerospike_core::TlsPolicy;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;

use crate::error::Failure;

/// Where systems keep the certificates they trust.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

/// The `tls` member of a configuration.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TlsConfig {
    ca: Option<String>,
    cert: Option<String>,
    key: Option<String>,
    for_login_only: Option<bool>,
}

pub(crate) fn policy(config: &TlsConfig) -> Result<TlsPolicy, Failure> {
    let builder =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::invalid(format!("tls: {error}")))?
            .with_root_certificates(roots(config.ca.as_deref())?);
    let client = match (&config.cert, &config.key) {
        (Some(cert), Some(key)) => {
            let chain = certificates(cert.as_bytes(), "tls.cert")?;
            // The parser's error may quote the key.
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
                .map_err(|_| Failure::invalid("tls.key holds no private key in PEM form"))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                Failure::invalid(format!(
                    "tls.cert and tls.key do not work together: {error}"
                ))
            })?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(Failure::invalid("tls.cert and tls.key go together")),
    };
    Ok(TlsPolicy::new(client).with_login_only(config.for_login_only.unwrap_or(false)))
}

fn roots(ca: Option<&str>) -> Result<RootCertStore, Failure> {
    let mut store = RootCertStore::empty();
    match ca {
        Some(pem) => {
            for certificate in certificates(pem.as_bytes(), "tls.ca")? {
                store
                    .add(certificate)
                    .map_err(|error| Failure::invalid(format!("tls.ca: {error}")))?;
            }
        }
        None => {
            // A bundle may hold certificates that rustls does not take; the others still count.
            let pem = SYSTEM_BUNDLES
                .iter()
                .find_map(|path| std::fs::read(path).ok())
                .unwrap_or_default();
            store.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
        }
    }
    if store.is_empty() {
        return Err(Failure::invalid(
            "tls.ca is needed: this system has no bundle of trusted certificates",
        ));
    }
    Ok(store)
}

fn certificates(pem: &[u8], member: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Failure::invalid(format!(
            "{member} holds no certificate in PEM form"
        ))),
    }
}
