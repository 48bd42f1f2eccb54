using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Limits;

/// <summary>Section <c>Limits:Drain</c>: how a stopping gateway sends its clients away.</summary>
internal sealed class DrainLimits
{
    /// <summary>Over how long the closes are spread. 0 for all at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Spread { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Within how long a client that was closed is asked to come back, at a time by chance.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ComeBackWithin { get; set; } = TimeSpan.FromMilliseconds(500);
}
