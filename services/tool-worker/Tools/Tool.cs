using Microsoft.Extensions.AI;

namespace StreamChat.ToolWorker.Tools;

/// <summary>A tool that this process runs. Each one registered in the container is announced.</summary>
/// <param name="Function">What is called, with its name, description and JSON schema.</param>
/// <param name="Timeout">The longest that one call may take.</param>
/// <param name="SafeToRepeat">Whether running it twice does no harm.</param>
internal sealed record Tool(AIFunction Function, TimeSpan Timeout, bool SafeToRepeat);
