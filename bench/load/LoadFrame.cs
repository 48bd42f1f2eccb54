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

/// <summary>How the text of a frame relates to what was shown before.</summary>
internal enum TextForm
{
    /// <summary>New text, to be appended.</summary>
    Delta,

    /// <summary>The whole answer so far: what goes beyond what was shown is new.</summary>
    Snapshot,

    /// <summary>The whole answer once more: nothing of it is new.</summary>
    Repeat,
}

/// <summary>What the generator needs of one frame, whatever the dialect. Points into the frame's bytes.</summary>
internal readonly ref struct LoadFrame
{
    public FrameKind Kind { get; init; }

    /// <summary>Text of the answer, in the sense of <see cref="Form"/>.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    public TextForm Form { get; init; }

    /// <summary>Why it is <see cref="FrameKind.Failed"/>; may be empty.</summary>
    public ReadOnlySpan<byte> Code { get; init; }

    /// <summary>The place in the run up to which the client has seen all; 0 in dialects and frames that do not tell.</summary>
    public long Seq { get; init; }
}
