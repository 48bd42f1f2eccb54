using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;

namespace StreamChat.IntegrationTests.Agents;

/// <summary>Models that do what a test of the agents needs.</summary>
internal static class AgentScripts
{
    /// <summary>Calls tools first, then says what came back: the results, one after the other.</summary>
    public static Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> CallThenTell(params ChatResponseUpdate[] calls)
    {
        return Script;

        async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            var results = messages.Skip(messages.ToList().FindLastIndex(m => m.Role == ChatRole.User)).SelectMany(m => m.Contents).OfType<FunctionResultContent>().ToList();
            if (results.Count > 0)
            {
                yield return ScriptedModel.Text(string.Join('|', results.Select(r => r.Result)));
                yield break;
            }

            foreach (var call in calls)
            {
                yield return call;
            }
        }
    }

    /// <summary>Says back what it was told: its system prompt and the texts.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Echo(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return ScriptedModel.Text(string.Join('|', messages.Select(m => m.Text)));
    }
}
