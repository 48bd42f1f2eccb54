using System.Text.Json.Serialization;

namespace StreamChat.Load;

/// <summary>How a socket came to its end.</summary>
internal enum SlowOutcome
{
    /// <summary>The run ended, and all of it was read.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>The server closed it and said so.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>It broke off without a close frame, or could not be opened.</summary>
    [JsonStringEnumMemberName("cut_off")]
    CutOff,

    /// <summary>It was still there when the load was over.</summary>
    [JsonStringEnumMemberName("open")]
    Open,
}

/// <summary>What became of a slow reader.</summary>
internal sealed record SlowReport
{
    /// <summary>How its slow reading ended.</summary>
    public required SlowOutcome Outcome { get; init; }

    /// <summary>The code of the close frame, where one came.</summary>
    public required int? CloseCode { get; init; }

    /// <summary>From the request to the end of the slow reading, as the reader noticed it.</summary>
    public required double Seconds { get; init; }

    /// <summary>What it read until then: payload of whole frames.</summary>
    public required long Bytes { get; init; }

    public required int Tokens { get; init; }

    /// <summary>How often it came back, attached and read fast until all was there. More than once: it was closed in the middle of that.</summary>
    public int Attaches { get; init; }

    /// <summary>How the last of these ended; null when none was needed.</summary>
    public SlowOutcome? Attach { get; init; }

    public int? AttachCloseCode { get; init; }

    public double? AttachSeconds { get; init; }

    public long? AttachBytes { get; init; }

    /// <summary>Why the run failed.</summary>
    public string? Failure { get; init; }

    /// <summary>Over all its connections, as all that follow.</summary>
    public int Lost { get; init; }

    public int Duplicated { get; init; }

    public int OutOfOrder { get; init; }

    public int Malformed { get; init; }

    [JsonIgnore]
    public bool IsGood => Failure is null && Lost + Duplicated + OutOfOrder + Malformed == 0;
}
