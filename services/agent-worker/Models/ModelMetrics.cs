using System.Diagnostics.Metrics;

namespace StreamChat.AgentWorker.Models;

/// <summary>What this worker tells about the models that it asks, by their names here.</summary>
internal sealed class ModelMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600],
    };

    private readonly TimeProvider _time;
    private readonly Histogram<double> _firstToken;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _errors;

    public ModelMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(WorkerTelemetry.Name);
        _firstToken = meter.CreateHistogram("streamchat.model.time_to_first_token", "s", "From asking the model to its first text.", advice: Seconds);
        _tokens = meter.CreateCounter<long>("streamchat.model.tokens", "{token}", "Tokens that providers report, by direction.");
        _retries = meter.CreateCounter<long>("streamchat.model.retries", "{attempt}", "Attempts after the first one.");
        _fallbacks = meter.CreateCounter<long>("streamchat.model.fallbacks", "{fallback}", "Replies asked of the next model because one could not answer.");
        _errors = meter.CreateCounter<long>("streamchat.model.errors", "{error}", "Attempts that failed, by code.");
    }

    /// <summary>A timestamp to hand back.</summary>
    public long Now => _time.GetTimestamp();

    public void FirstToken(string model, long started) =>
        _firstToken.Record(_time.GetElapsedTime(started).TotalSeconds, Tag("model", model));

    public void Tokens(string model, long? input, long? output)
    {
        if (input is > 0)
        {
            _tokens.Add(input.Value, Tag("model", model), Tag("direction", "input"));
        }

        if (output is > 0)
        {
            _tokens.Add(output.Value, Tag("model", model), Tag("direction", "output"));
        }
    }

    public void Retried(string model) => _retries.Add(1, Tag("model", model));

    public void FellBack(string from, string to) => _fallbacks.Add(1, Tag("from", from), Tag("to", to));

    public void Failed(string model, string code) => _errors.Add(1, Tag("model", model), Tag("code", code));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
