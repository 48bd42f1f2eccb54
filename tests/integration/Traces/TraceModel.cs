using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>
/// A model that does what a trace says, one line for each time that it is asked: an array of <c>"text"</c>,
/// <c>{"call":name,"arguments":{…}}</c>, <c>{"fail":true}</c>, or <c>{"wait":true}</c> for until it is cancelled.
/// </summary>
internal sealed class TraceModel(IReadOnlyList<JsonElement> lines)
{
    private int _asked;

    public async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(
        IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var turn = Interlocked.Increment(ref _asked);
        if (turn > lines.Count)
        {
            throw new InvalidOperationException($"The trace says nothing about the {turn}th time that the model is asked.");
        }

        var calls = 0;
        foreach (var step in lines[turn - 1].EnumerateArray())
        {
            if (step.ValueKind == JsonValueKind.String)
            {
                yield return ScriptedModel.Text(step.GetString()!);
            }
            else if (step.TryGetProperty("call", out var name))
            {
                yield return ScriptedModel.Call(
                    $"call-{turn}-{++calls}",
                    name.GetString()!,
                    [.. step.GetProperty("arguments").EnumerateObject().Select(a => (a.Name, (object?)a.Value.Clone()))]);
            }
            else if (step.TryGetProperty("fail", out _))
            {
                throw new HttpRequestException("the model's server is on fire");
            }
            else
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
        }
    }
}
