using StreamChat.Contracts.Events;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Agents;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>The protocol on one connection: who it is, and the turns that it sees.</summary>
internal sealed class AssistantSession(AssistantState state, AssistantFrameParser parser, IAgentDirectory agents, int maxDepth, IIdGenerator ids) : IDialectSession
{
    // a client that is behind is not told an answer of this many bytes once more before its end, which tells it whole
    private const int LongText = 64 * 1024;

    // more than a connection sees at once: those left over are of rooms that it has left in the middle of an answer
    private const int MaxTurns = 128;

    private readonly AssistantFrameWriter _writer = new(state, ids);
    private readonly OrderedDictionary<Guid, AssistantTurn> _turns = [];

    public Fault BinaryFault => FrameException.Invalid("不支持二进制消息 (binary frames are not understood)").Frame.Fault;

    public ClientFrame? Opening => state.QueryRoom is { } room ? new EnterRoomCommand(room) : null;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame) => parser.Parse(frame, state);

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        switch (serverEvent)
        {
            case RunOpened opened:
                Open(opened);
                break;
            case RunOutput run:
                Encode(run, now, output);
                break;
            // the answer ends here; one of which nothing was shown is refused like any other request
            case Fault { RunId: { } runId } fault when _turns.Remove(runId, out var turn) && turn.Shown:
                _writer.WriteFailure(turn.RoomId, fault.Message, now, output);
                break;
            default:
                _writer.Write(serverEvent, now, output);
                break;
        }
    }

    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output)
    {
        if (_turns.TryGetValue(text.RunId, out var turn))
        {
            turn.Add(text);
            Show(turn, text.RunId, now, output);
        }
    }

    private void Open(RunOpened opened)
    {
        if (_turns.Count == MaxTurns)
        {
            _turns.RemoveAt(0);
        }

        _turns[opened.RunId] = new AssistantTurn(
            opened is { RoomId: null, Request: AssistantChat { ConversationId: { } named } } ? named : AssistantNames.Conversation(opened.ThreadId),
            opened.RoomId ?? RoomNames.PrivateRoom(state.UserId),
            opened.Request is null ? null : state,
            agents.Agents,
            maxDepth,
            ids);
    }

    private void Encode(RunOutput run, DateTimeOffset now, IFrameOutput output)
    {
        if (!_turns.TryGetValue(run.RunId, out var turn))
        {
            return;
        }

        if (run.Event is RunError error)
        {
            _turns.Remove(run.RunId);
            _writer.WriteFailure(turn.RoomId, error.Message, now, output);
            return;
        }

        switch (turn.Add(run.Event, now))
        {
            case TurnChange.Grown:
                Show(turn, run.RunId, now, output);
                break;
            case TurnChange.Finished:
                _turns.Remove(run.RunId);
                _writer.WriteCompletion(turn, now, output);
                if (turn.TextBytes > LongText)
                {
                    output.EndSnapshot(run.RunId);
                }
                else
                {
                    output.EndFrame();
                }

                break;
        }
    }

    private void Show(AssistantTurn turn, Guid runId, DateTimeOffset now, IFrameOutput output)
    {
        turn.Shown = true;
        _writer.WriteSnapshot(turn, now, output);
        output.EndSnapshot(runId);
    }
}
