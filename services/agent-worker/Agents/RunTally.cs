using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Who answered in a run and what it took, over all its replies.</summary>
internal sealed class RunTally
{
    // what a token is taken for while nobody has told how many there were
    private const int CharsOfToken = 4;

    private long _estimatedChars;
    private long _replyTokens;
    private string? _finishReason;
    private long? _input;
    private long? _output;
    private long _counted;
    private Model? _model;

    /// <summary>Tokens produced so far that count for the run's limit: reported ones, or estimated ones where nothing is reported yet.</summary>
    public long OutputTokens => _counted + (IsFree ? 0 : Math.Max(_replyTokens, _estimatedChars / CharsOfToken));

    // the built-in model's tokens cost nothing, and load tests ask it for millions
    private bool IsFree => _model?.Provider == Model.Demo;

    /// <summary>A model is asked for the next reply, or for the same one instead of another model.</summary>
    public void Asked(Model model)
    {
        Count();
        _model = model;
    }

    /// <summary>It said something.</summary>
    public void Said(int characters) => _estimatedChars += characters;

    /// <summary>It reported what it used.</summary>
    public void Used(UsageDetails usage)
    {
        _input = Sum(_input, usage.InputTokenCount);
        _output = Sum(_output, usage.OutputTokenCount);
        _replyTokens += usage.OutputTokenCount ?? 0;
    }

    /// <summary>The reply is complete.</summary>
    public void EndReply(ChatFinishReason? finish)
    {
        Count();
        _finishReason = finish?.Value;
    }

    /// <summary>As the last event of the run tells it; null while no model was asked.</summary>
    public JsonElement? ToResult(string? agent) => _model is null
        ? null
        : JsonSerializer.SerializeToElement(
            new RunResult(_model.Provider, _model.Name, agent, _finishReason, _input, _output), ConversationJson.Default.RunResult);

    private void Count()
    {
        _counted += IsFree ? 0 : _replyTokens > 0 ? _replyTokens : _estimatedChars / CharsOfToken;
        (_estimatedChars, _replyTokens) = (0, 0);
    }

    private static long? Sum(long? sum, long? more) => more is null ? sum : (sum ?? 0) + more;
}

/// <summary>The result of <see cref="Contracts.Events.RunFinished"/>.</summary>
internal sealed record RunResult(
    string Provider,
    string Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Agent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FinishReason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? InputTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? OutputTokens);
