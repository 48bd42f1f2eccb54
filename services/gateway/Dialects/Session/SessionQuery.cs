namespace StreamChat.Gateway.Dialects.Session;

/// <summary>A question.</summary>
internal sealed record SessionQuery : RunRequest
{
    /// <summary>Whether the client wants to hear what is done for the answer, beside the answer.</summary>
    public bool Verbose { get; init; }
}
