using System.Diagnostics.Metrics;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>What the guardrails found.</summary>
internal sealed class GuardrailMetrics
{
    private readonly Counter<long> _checks;
    private readonly Counter<long> _unjudged;

    public GuardrailMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkerTelemetry.Name);
        _checks = meter.CreateCounter<long>("streamchat.guardrail.checks", "{check}", "Checks of users' messages, by guardrail and whether they passed.");
        _unjudged = meter.CreateCounter<long>("streamchat.guardrail.unjudged", "{check}", "Checks that the model did not make, so that the rules decided.");
    }

    public void Checked(string guardrail, bool passed) =>
        _checks.Add(1, new KeyValuePair<string, object?>("guardrail", guardrail), new KeyValuePair<string, object?>("passed", passed));

    public void Unjudged(string guardrail) => _unjudged.Add(1, new KeyValuePair<string, object?>("guardrail", guardrail));
}
