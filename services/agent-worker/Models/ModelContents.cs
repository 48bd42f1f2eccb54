using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models;

/// <summary>Says whom the reply comes from, before it comes. A second one in the same reply: the model before could not answer.</summary>
/// <param name="model">The model that is asked now.</param>
internal sealed class ModelAsked(Model model) : AIContent
{
    public Model Model => model;
}

/// <summary>A piece of a tool call that the model is still writing. The whole call follows as <see cref="FunctionCallContent"/>.</summary>
/// <param name="callId">Id of the call.</param>
/// <param name="name">Name of the tool.</param>
/// <param name="arguments">The next piece of the arguments' JSON text; empty at the beginning.</param>
internal sealed class ToolCallDelta(string callId, string name, string arguments) : AIContent
{
    public string CallId => callId;

    public string Name => name;

    public string Arguments => arguments;
}
