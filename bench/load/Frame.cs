using System.Text.Json;

namespace StreamChat.Load;

internal enum FrameKind
{
    /// <summary>Anything that is not measured.</summary>
    Other,

    /// <summary>The server is ready for requests.</summary>
    Welcome,

    /// <summary>Tokens of our run.</summary>
    Content,

    /// <summary>Our run ended well.</summary>
    Finished,

    /// <summary>Our run, or the request for it, failed.</summary>
    Failed,
}

/// <summary>What the generator needs of one frame of the native dialect. Points into the frame's bytes.</summary>
internal readonly ref struct Frame
{
    public FrameKind Kind { get; private init; }

    /// <summary>The text of <see cref="FrameKind.Content"/>.</summary>
    public ReadOnlySpan<byte> Delta { get; private init; }

    /// <summary>The code of <see cref="FrameKind.Failed"/>.</summary>
    public ReadOnlySpan<byte> Code { get; private init; }

    /// <summary>Reads one frame.</summary>
    /// <param name="utf8">The whole frame.</param>
    /// <param name="runId">Our run. Events of others count as <see cref="FrameKind.Other"/>.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static Frame Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> runId)
    {
        ReadOnlySpan<byte> type = default, delta = default, code = default;
        bool hasRun = false, isOurs = false;
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = Text(ref reader);
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                delta = Text(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                code = Text(ref reader);
            }
            else if (reader.ValueTextEquals("runId"u8))
            {
                hasRun = true;
                isOurs = Text(ref reader).SequenceEqual(runId);
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Kind = KindOf(type, hasRun, isOurs), Delta = delta, Code = code };
    }

    private static FrameKind KindOf(ReadOnlySpan<byte> type, bool hasRun, bool isOurs)
    {
        if (type.SequenceEqual("welcome"u8))
        {
            return FrameKind.Welcome;
        }

        if (type.SequenceEqual("error"u8) && (isOurs || !hasRun))
        {
            return FrameKind.Failed;
        }

        if (!isOurs)
        {
            return FrameKind.Other;
        }

        return type.SequenceEqual("TEXT_MESSAGE_CONTENT"u8) ? FrameKind.Content
            : type.SequenceEqual("RUN_FINISHED"u8) ? FrameKind.Finished
            : type.SequenceEqual("RUN_ERROR"u8) ? FrameKind.Failed
            : FrameKind.Other;
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }

        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped.AsSpan(0, reader.CopyString(unescaped));
    }
}
