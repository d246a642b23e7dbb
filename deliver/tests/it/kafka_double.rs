//! A Kafka broker that reads what it is sent with another library's codec, and fails when told to.

use std::sync::{Arc, Mutex};

use bytes::{Buf as _, Bytes, BytesMut};
use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use kafka_protocol::messages::{
    ApiKey, ApiVersionsResponse, BrokerId, MetadataResponse, ProduceRequest, ProduceResponse,
    RequestHeader, ResponseHeader, TopicName,
};
use kafka_protocol::protocol::{Decodable as _, Encodable, StrBytes};
use kafka_protocol::records::RecordBatchDecoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The topic that the broker has.
pub(crate) const TOPIC: &str = "alerts";

/// A record as it was read: key, idempotency key, value.
pub(crate) type Read = (String, String, Bytes);

/// A broker of one topic with one partition.
#[derive(Clone)]
pub(crate) struct KafkaDouble {
    /// Its port.
    pub(crate) port: u16,
    held: Arc<Mutex<Vec<Read>>>,
    /// Error codes of the next deliveries, the last one first.
    errors: Arc<Mutex<Vec<i16>>>,
}

impl KafkaDouble {
    /// Listens. The first deliveries fail with these codes; -1 breaks the connection.
    pub(crate) async fn start(errors: &[i16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let double = Self {
            port: listener.local_addr().unwrap().port(),
            held: Arc::default(),
            errors: Arc::new(Mutex::new(errors.iter().rev().copied().collect())),
        };
        let broker = double.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let broker = broker.clone();
                tokio::spawn(async move { broker.serve(stream).await });
            }
        });
        double
    }

    /// What was taken.
    pub(crate) fn held(&self) -> Vec<Read> {
        self.held.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Ok(length) = stream.read_u32().await {
            let mut request = vec![0; length as usize];
            if stream.read_exact(&mut request).await.is_err() {
                return;
            }
            let Some(answer) = self.answer(Bytes::from(request)) else { return };
            stream.write_u32(u32::try_from(answer.len()).unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    }

    /// The answer; none to break the connection.
    fn answer(&self, mut request: Bytes) -> Option<BytesMut> {
        let (key, version) = (request.clone().get_i16(), request.slice(2..).get_i16());
        let key = ApiKey::try_from(key).unwrap();
        let header =
            RequestHeader::decode(&mut request, key.request_header_version(version)).unwrap();
        let mut answer = BytesMut::new();
        let head = ResponseHeader::default().with_correlation_id(header.correlation_id);
        head.encode(&mut answer, key.response_header_version(version)).unwrap();
        match key {
            ApiKey::ApiVersions => versions().encode(&mut answer, version).unwrap(),
            ApiKey::Metadata => self.metadata().encode(&mut answer, version).unwrap(),
            ApiKey::Produce => {
                let request = ProduceRequest::decode(&mut request, version).unwrap();
                self.produce(&request)?.encode(&mut answer, version).unwrap();
            }
            other => panic!("{other:?}"),
        }
        Some(answer)
    }

    fn metadata(&self) -> MetadataResponse {
        let broker = MetadataResponseBroker::default()
            .with_node_id(BrokerId(1))
            .with_host(StrBytes::from_static_str("127.0.0.1"))
            .with_port(i32::from(self.port));
        let partition = MetadataResponsePartition::default().with_leader_id(BrokerId(1));
        let topic = MetadataResponseTopic::default()
            .with_name(Some(TopicName(StrBytes::from_static_str(TOPIC))))
            .with_partitions(vec![partition]);
        MetadataResponse::default()
            .with_brokers(vec![broker])
            .with_controller_id(BrokerId(1))
            .with_topics(vec![topic])
    }

    fn produce(&self, request: &ProduceRequest) -> Option<ProduceResponse> {
        let error = self.errors.lock().unwrap().pop().unwrap_or_default();
        if error == -1 {
            return None;
        }
        let mut partitions = Vec::new();
        for data in &request.topic_data[0].partition_data {
            if error == 0 {
                self.keep(data.records.clone().unwrap());
            }
            partitions.push(PartitionProduceResponse::default().with_error_code(error));
        }
        let topic = TopicProduceResponse::default()
            .with_name(request.topic_data[0].name.clone())
            .with_partition_responses(partitions);
        Some(ProduceResponse::default().with_responses(vec![topic]))
    }

    fn keep(&self, mut records: Bytes) {
        let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        let key = StrBytes::from_static_str("plainsight-key");
        for set in RecordBatchDecoder::decode_all(&mut records).unwrap() {
            for record in set.records {
                let id = record.headers.get(&key).unwrap().clone().unwrap();
                let read = (text(&record.key.unwrap()), text(&id), record.value.unwrap());
                self.held.lock().unwrap().push(read);
            }
        }
    }
}

fn versions() -> ApiVersionsResponse {
    let known = [(ApiKey::Produce, 3, 7), (ApiKey::Metadata, 1, 4), (ApiKey::ApiVersions, 0, 3)];
    let keys = known.map(|(key, min, max)| {
        ApiVersion::default().with_api_key(key as i16).with_min_version(min).with_max_version(max)
    });
    ApiVersionsResponse::default().with_api_keys(keys.to_vec())
}
