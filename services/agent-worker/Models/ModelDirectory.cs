using Microsoft.Extensions.AI;
using StreamChat.Contracts.Agents;

namespace StreamChat.AgentWorker.Models;

/// <inheritdoc/>
internal sealed class ModelDirectory(IChatClient model) : IModelDirectory
{
    public IReadOnlyList<ModelDescription> All { get; } = [new ModelDescription { Name = "demo", Provider = "demo" }];

    public IChatClient Choose(string? asked, string? agents) =>
        asked is null || All.Any(m => m.Name.Equals(asked, StringComparison.OrdinalIgnoreCase)) ? model : throw new UnknownModelException(asked);
}
