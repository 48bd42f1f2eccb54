namespace StreamChat.AgentWorker.Models;

/// <summary>Whose model answers.</summary>
internal enum ModelProvider
{
    /// <summary>The built-in one: deterministic, needs no key and no network.</summary>
    Demo,
}

/// <summary>Section <c>Model</c>.</summary>
internal sealed class ModelOptions
{
    public const string Section = "Model";

    /// <summary>The provider.</summary>
    public ModelProvider Provider { get; set; } = ModelProvider.Demo;
}
