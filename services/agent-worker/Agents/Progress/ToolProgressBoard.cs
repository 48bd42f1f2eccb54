using System.Collections.Concurrent;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents.Progress;

/// <summary>The calls that wait for their tools: who hears of their progress, while they are open and not a moment longer.</summary>
internal sealed class ToolProgressBoard
{
    private readonly ConcurrentDictionary<(Guid RunId, string ToolCallId), OpenCall> _calls = new();

    /// <summary>Passes on what is heard of a call until the answer is disposed; then nothing more is passed on or under way.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="toolCallId">The call. A model that uses an id twice at once hears of the first only.</param>
    /// <param name="say">Passes it on. Called by one thread at a time; does not wait.</param>
    public IDisposable Open(Guid runId, string toolCallId, Action<ToolProgressed> say)
    {
        var call = new OpenCall(this, (runId, toolCallId), say);
        _calls.TryAdd((runId, toolCallId), call);
        return call;
    }

    /// <summary>A tool-worker tells how far a call has come. Not heard when the call is not open, or when it is less than was heard before.</summary>
    public void Hear(ToolProgressed progress)
    {
        if (_calls.TryGetValue((progress.RunId, progress.ToolCallId), out var call))
        {
            call.Hear(progress);
        }
    }

    private void Close(OpenCall call) => _calls.TryRemove(KeyValuePair.Create(call.Key, call));

    private sealed class OpenCall(ToolProgressBoard board, (Guid RunId, string ToolCallId) key, Action<ToolProgressed> say) : IDisposable
    {
        private readonly Lock _lock = new();
        private double _reached = double.NegativeInfinity;
        private bool _closed;

        public (Guid RunId, string ToolCallId) Key => key;

        public void Hear(ToolProgressed progress)
        {
            // the queue's messages are consumed side by side and may swap: what is older tells less
            lock (_lock)
            {
                if (_closed || progress.Progress < _reached)
                {
                    return;
                }

                _reached = progress.Progress;
                say(progress);
            }
        }

        public void Dispose()
        {
            board.Close(this);
            lock (_lock)
            {
                _closed = true;
            }
        }
    }
}
