namespace StreamChat.AgentWorker.Models;

/// <summary>A model whose client the host has put into the container, under its name as the key.</summary>
/// <param name="Name">What requests and agents call it.</param>
/// <param name="ContinuesPrefix">Whether it goes on with an answer that has begun.</param>
internal sealed record RegisteredModel(string Name, bool ContinuesPrefix = false)
{
    /// <summary>The longest name that a request may ask for.</summary>
    public const int LongestName = 100;

    public bool Is(string? name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
