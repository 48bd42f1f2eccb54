using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>
/// A model that says at once what was said in the conversation so far, and ends its answer with a point when the test lets it end
/// the answer to that question. A brief one says the question only.
/// </summary>
internal sealed class StepModel(bool isBrief = false)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _most = new(StringComparer.Ordinal);

    /// <summary>The questions that came, in order.</summary>
    public IEnumerable<string> Asked => _asked;

    /// <summary>How many answers were under way at once in the conversation that began with a question, by the questions' first letter.</summary>
    public int MostAtOnce(string conversation)
    {
        lock (_running)
        {
            return _most.GetValueOrDefault(conversation);
        }
    }

    /// <summary>Lets the answers to these questions end, those too that do not run yet.</summary>
    public void Finish(params string[] questions)
    {
        foreach (var question in questions)
        {
            End(question).TrySetResult();
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var said = messages.Where(m => m.Role == ChatRole.User || m.Role == ChatRole.Assistant).Select(m => m.Text).ToList();
        _asked.Enqueue(said[^1]);
        var conversation = said[0] == "elsewhere" ? "another" : "t";
        Count(conversation, 1);
        try
        {
            yield return ScriptedModel.Text(isBrief ? said[^1] : string.Join('|', said));
            await End(said[^1]).Task.WaitAsync(cancellationToken);
            yield return ScriptedModel.Text(".");
        }
        finally
        {
            Count(conversation, -1);
        }
    }

    private TaskCompletionSource End(string question) =>
        _ends.GetOrAdd(question, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Count(string conversation, int change)
    {
        lock (_running)
        {
            var now = _running[conversation] = _running.GetValueOrDefault(conversation) + change;
            _most[conversation] = Math.Max(_most.GetValueOrDefault(conversation), now);
        }
    }
}
