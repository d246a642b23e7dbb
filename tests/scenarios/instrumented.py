"""One conversation, told by one real instrumentor: `instrumented.py DIALECT UPSTREAM_URL`.

Where the exporter sends, and with which protocol, is said by the OTEL_ variables.
"""

import os
import sys

DIALECT, UPSTREAM = sys.argv[1:3]

MESSAGES = [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": "what is the weather in Paris?"},
]
HISTORY = MESSAGES + [
    {"role": "assistant", "content": None, "tool_calls": [{"id": "call_0", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}}]},
    {"role": "tool", "tool_call_id": "call_0", "content": "sunny"},
]
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Weather of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]


def providers():
    from opentelemetry import _logs, metrics, trace
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    else:
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    tracer = TracerProvider()
    tracer.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(tracer)
    logger = LoggerProvider()
    logger.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    _logs.set_logger_provider(logger)
    meter = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
    metrics.set_meter_provider(meter)
    return tracer, logger, meter


def converse(client):
    """Three calls: whole, with history and a tool, and streamed."""
    client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, user="user-42", temperature=0.1, max_tokens=50)
    client.chat.completions.create(model="gpt-4o-mini", messages=HISTORY, tools=TOOLS, user="user-42")
    stream = client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True, stream_options={"include_usage": True}, user="user-42")
    for _ in stream:
        pass


def instrumented():
    if DIALECT == "langfuse":
        from langfuse import get_client, propagate_attributes
        from langfuse.openai import OpenAI

        client = OpenAI(base_url=f"{UPSTREAM}/v1", api_key="sk-test")
        with propagate_attributes(user_id="user-42", session_id="session-1"):
            converse(client)
        get_client().flush()
        return
    import openai

    tracer, logger, meter = providers()
    client = openai.OpenAI(base_url=f"{UPSTREAM}/v1", api_key="sk-test")
    if DIALECT == "openllmetry":
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor

        OpenAIInstrumentor().instrument()
        converse(client)
    elif DIALECT == "openinference":
        from openinference.instrumentation import using_attributes
        from openinference.instrumentation.openai import OpenAIInstrumentor

        OpenAIInstrumentor().instrument(tracer_provider=tracer)
        with using_attributes(session_id="session-1", user_id="user-42"):
            converse(client)
    else:
        from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

        OpenAIInstrumentor().instrument()
        converse(client)
    for provider in (tracer, logger, meter):
        provider.force_flush()
    meter.shutdown()


instrumented()
