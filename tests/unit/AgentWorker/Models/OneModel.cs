using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models;
using StreamChat.Contracts.Agents;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>One model, whatever is asked for.</summary>
internal sealed class OneModel(IChatClient model) : IModelDirectory
{
    public IReadOnlyList<ModelDescription> All { get; } = [new ModelDescription { Name = "demo", Provider = "demo" }];

    public IChatClient Choose(string? asked, string? agents) => model;
}
