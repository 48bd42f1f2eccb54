using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker;
using StreamChat.ToolWorker;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>The sample of docs/semantic-kernel.md.</summary>
internal static class KernelInAHost
{
    public static void AddAgentSide(IServiceCollection services, Kernel kernel) =>
        services.AddModel("kernel", _ => kernel.GetRequiredService<IChatClient>());

    public static void AddToolSide(IServiceCollection services, Kernel kernel) =>
        services.AddTools(kernel.Plugins.SelectMany(plugin => plugin).Select(function => function.WithKernel(kernel)));
}
