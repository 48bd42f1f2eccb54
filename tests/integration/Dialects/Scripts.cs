using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>Models for tests of what is said on the wire.</summary>
internal static class Scripts
{
    /// <summary>Says what was said in the conversation so far, by both sides.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Recall(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return ScriptedModel.Text("heard: ");
        yield return ScriptedModel.Text(string.Join('|', Said(messages)));
    }

    /// <summary>The last thing that the user said.</summary>
    public static string Question(IReadOnlyList<ChatMessage> messages) => messages.Last(m => m.Role == ChatRole.User).Text;

    private static IEnumerable<string> Said(IReadOnlyList<ChatMessage> messages) =>
        messages.Where(m => m.Role == ChatRole.User || m.Role == ChatRole.Assistant).Select(m => m.Text).Where(t => t.Length > 0);
}

/// <summary>A model that answers with the question, once it is let.</summary>
internal sealed class GatedModel
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;
    private int _running;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many answers are under way.</summary>
    public int Running => Volatile.Read(ref _running);

    public void Open() => _gate.TrySetResult();

    public async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        Interlocked.Increment(ref _running);
        try
        {
            yield return ScriptedModel.Text(Scripts.Question(messages));
            await _gate.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
