namespace StreamChat.Gateway.Dialects;

/// <summary>A kind of message that somebody has added to a dialect.</summary>
/// <param name="Dialect">Name of the dialect.</param>
/// <param name="Type">What the message's <c>type</c> says.</param>
internal sealed record MessageExtension(string Dialect, string Type);

/// <summary>The kinds of message that have been added to dialects. A dialect asks before it calls a type unknown.</summary>
internal sealed class MessageExtensions(IEnumerable<MessageExtension> extensions)
{
    private readonly HashSet<MessageExtension> _extensions = [.. extensions];

    public bool Knows(string dialect, string type) => _extensions.Contains(new MessageExtension(dialect, type));
}
