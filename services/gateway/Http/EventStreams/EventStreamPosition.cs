using System.Globalization;

namespace StreamChat.Gateway.Http.EventStreams;

/// <summary>
/// How far the client of an event stream has come: the <c>id</c> of an event, which it gives back as <c>Last-Event-ID</c> when it
/// comes again. A run, an attempt and a place in it; the last event of all says so, for there is nothing to come back for.
/// </summary>
internal readonly record struct EventStreamPosition(Guid RunId, int Attempt, long Seq, bool Ended = false)
{
    /// <summary>The header in which a client gives it back.</summary>
    public const string Header = "Last-Event-ID";

    private const string End = "end";

    /// <summary>The end of a stream in which no run was begun.</summary>
    public static readonly EventStreamPosition Refused = new(Guid.Empty, 0, 0, Ended: true);

    /// <returns>Null when the text is none of ours.</returns>
    public static EventStreamPosition? Parse(string? text)
    {
        var parts = text?.Split(':') ?? [];
        return parts.Length is 3 or 4
            && Guid.TryParseExact(parts[0], "D", out var runId)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            && (parts.Length == 3 || parts[3] == End)
            && (attempt > 0 || parts.Length == 4)
                ? new EventStreamPosition(runId, attempt, seq, parts.Length == 4)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RunId}:{Attempt}:{Seq}{(Ended ? ":" + End : "")}");
}
