using System.Text.Json.Serialization;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>The value of the event <see cref="Contracts.Events.CustomEvents.Guardrail"/>.</summary>
internal sealed record GuardrailValue(string Id, string Name, string Input, string Reasoning, bool Passed);

/// <summary>What a model is asked to say.</summary>
internal sealed record JudgedVerdict(bool? Passed, string? Reasoning);

/// <summary>What a model is asked about.</summary>
internal sealed record JudgedMessage(string Message, IReadOnlyList<string> Before);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GuardrailValue))]
[JsonSerializable(typeof(JudgedVerdict))]
[JsonSerializable(typeof(JudgedMessage))]
internal sealed partial class GuardrailJson : JsonSerializerContext;
