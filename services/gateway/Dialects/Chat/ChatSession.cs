using System.Text.Json;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Dialects.Chat;

/// <summary>One connection on the shared path: decides, and from then on passes everything to the protocol that it is.</summary>
internal sealed class ChatSession(YYChatSession yychat, Func<IDialectSession> newSession, int maxDepth) : IDialectSession
{
    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    // written by who reads frames, read by who writes them
    private volatile IDialectSession? _spoken;

    public IDialect? Recognised => _spoken?.Recognised;

    public Fault BinaryFault => (_spoken ?? yychat).BinaryFault;

    public ClientFrame Parse(ReadOnlyMemory<byte> frame)
    {
        _spoken ??= Recognise(frame);
        return (_spoken ?? yychat).Parse(frame);
    }

    public void Encode(ServerEvent serverEvent, DateTimeOffset now, IFrameOutput output)
    {
        if (_spoken is { } spoken)
        {
            spoken.Encode(serverEvent, now, output);
            return;
        }

        switch (serverEvent)
        {
            case Received:
                // not a first frame that YYChat would greet: it shows nothing
                break;
            case Fault fault:
                EncodeUnrecognised(fault, now, output);
                break;
            default:
                yychat.Encode(serverEvent, now, output);
                break;
        }
    }

    // before a client has said anything there is no run
    public void EncodeText(in RunText text, DateTimeOffset now, IFrameOutput output) => (_spoken ?? yychat).EncodeText(text, now, output);

    /// <summary>In the form of both, once the client has been greeted and may know that one of them is YYChat's.</summary>
    private void EncodeUnrecognised(Fault fault, DateTimeOffset now, IFrameOutput output)
    {
        var message = fault == YYChatFault.Shapeless ? "The first message shows no protocol: it has a 'type' or a 'query'." : fault.Message;
        if (yychat.Greeted)
        {
            yychat.EncodeFault(fault, message, now, output);
        }
        else
        {
            SessionFrames.Error(message, output);
        }
    }

    private IDialectSession? Recognise(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            var root = document.RootElement;
            return JsonStrings.Field(root, "type") is { ValueKind: JsonValueKind.String } ? yychat
                : root.ValueKind == JsonValueKind.Object && root.TryGetProperty("query", out _) ? newSession()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
