using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>Section <c>Limits:YYChat</c>. 0 means none.</summary>
internal sealed class YYChatOptions
{
    public const string Section = "Limits:YYChat";

    /// <summary>
    /// Connections of this gateway on <c>/ws/chat</c> that are not known to be session clients'; the next handshake there gets 503
    /// with <c>Retry-After</c>.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; } = 100;

    /// <summary>A connection with no frame from its client and no run for this long is closed with 1000.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(300);
}
