using Microsoft.Extensions.Options;
using StreamChat.Contracts.Agents;
using StreamChat.Gateway;
using StreamChat.Gateway.Agents;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;

namespace StreamChat.UnitTests.Gateway.Dialects.Assistant;

/// <summary>The dialect with two agents and short messages.</summary>
internal static class AssistantDialects
{
    public static AssistantDialect Create(params MessageExtension[] extensions) =>
        new(Options.Create(new LimitsOptions { MessageCharacters = 20 }), new MessageExtensions(extensions), new TwoAgents());

    private sealed class TwoAgents : IAgentDirectory
    {
        public IReadOnlyList<AgentDescription> Agents { get; } =
        [
            new AgentDescription { Name = "Triage Agent", Description = "Meets.", HandOffs = ["Weather Agent"], Tools = [], InputGuardrails = ["Relevance"] },
            new AgentDescription { Name = "Weather Agent", Description = "Tells.", HandOffs = [], Tools = ["weather"], InputGuardrails = [] },
        ];

        public IReadOnlyList<ModelDescription> Models => [];

        public IReadOnlyList<PersonalityDescription> Personalities => [];
    }
}
