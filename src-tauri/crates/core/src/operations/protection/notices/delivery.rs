//! Sends notices to a webhook: a POST request with JSON.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lifeboat_store::settings::Webhook;
use serde::Serialize;
use tokio::time::{sleep, timeout};

use crate::VERSION;
use crate::notice::Notice;

/// The form of the body. Members may be added; none changes its meaning or goes.
const SCHEMA: u32 = 1;

/// How long the other side may take, and the pauses before further attempts. After the last one it is
/// tried again with the next look.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// What became of the notices of one application.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) app: String,
    pub(super) webhook: Webhook,
    /// The notices that were taken.
    pub(super) sent: Vec<String>,
    /// Why the next one was not, as the end of a sentence.
    pub(super) failure: Option<String>,
}

/// The body of a request: the notice, and its words in one text, which chat programs show.
#[derive(Serialize)]
struct Body<'a> {
    schema: u32,
    text: String,
    #[serde(flatten)]
    notice: &'a Notice,
}

/// Sends them all, those of one application in order.
pub(super) async fn deliver(work: Vec<(String, Webhook, Vec<Notice>)>) -> Vec<Attempt> {
    let all = work.into_iter().map(|(app, webhook, notices)| async move {
        let mut sent = Vec::new();
        let failure = send_all(&webhook, &notices, &mut sent).await.err();
        Attempt {
            app,
            webhook,
            sent,
            failure,
        }
    });
    join_all(all).await
}

async fn send_all(
    webhook: &Webhook,
    notices: &[Notice],
    sent: &mut Vec<String>,
) -> Result<(), String> {
    let http = client(webhook)?;
    for notice in notices {
        send(&http, webhook, notice).await?;
        sent.push(notice.id.clone());
    }
    Ok(())
}

async fn send(http: &Http, webhook: &Webhook, notice: &Notice) -> Result<(), String> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let failure = match send_once(http, webhook, notice).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        match pauses.next() {
            Some(pause) => sleep(pause).await,
            None => return Err(failure),
        }
    }
}

async fn send_once(http: &Http, webhook: &Webhook, notice: &Notice) -> Result<(), String> {
    let body = Body {
        schema: SCHEMA,
        text: notice.text(),
        notice,
    };
    let body = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
    let request = hyper::Request::post(webhook.address())
        .header("content-type", "application/json")
        .header("user-agent", format!("lifeboat/{VERSION}"))
        .body(Full::new(Bytes::from(body)))
        // Its words could hold the address.
        .map_err(|_| "its address cannot be asked".to_owned())?;
    let answer = timeout(ANSWER_WITHIN, http.request(request)).await;
    let answer = answer.map_err(|_| {
        let seconds = ANSWER_WITHIN.as_secs();
        format!("there was no answer within {seconds} seconds")
    })?;
    let status = answer.map_err(|error| cause(&error))?.status();
    if status.is_success() {
        return Ok(());
    }
    // A redirection is not followed: what is sent is for the host that was chosen.
    Err(format!("it answered with status {}", status.as_u16()))
}

/// The innermost cause, which is the one that says something: “connection refused”.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// A client that trusts whom this machine trusts. Without TLS no certificates are looked for.
fn client(webhook: &Webhook) -> Result<Http, String> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new();
    let builder = if webhook.address().starts_with("https:") {
        builder
            .with_provider_and_native_roots(provider)
            .map_err(|error| format!("this machine's certificates cannot be read ({error})"))?
    } else {
        let tls = rustls::ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder.with_tls_config(tls)
    };
    let connector = builder.https_or_http().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}
