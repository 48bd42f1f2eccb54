using System.ComponentModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using StreamChat.AgentWorker;
using StreamChat.Contracts.Tools;
using StreamChat.IntegrationTests.Runs;
using StreamChat.ToolWorker;
using FunctionInvocationContext = Microsoft.SemanticKernel.FunctionInvocationContext;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>The sample of docs/semantic-kernel.md.</summary>
internal static class KernelInAHost
{
    public static void AddAgentSide(IServiceCollection services, Kernel kernel) =>
        services.AddModel("kernel", _ => kernel.GetRequiredService<IChatClient>());

    public static void AddConnectorSide(IServiceCollection services, Kernel kernel) =>
        services.AddModel("connector", _ => kernel.GetRequiredService<IChatCompletionService>());

    public static void AddToolSide(IServiceCollection services, Kernel kernel) =>
        services.AddPlugins(kernel);

    public static void AddPluginSide(IServiceCollection services) =>
        services.AddSingleton<IFunctionInvocationFilter, ApprovalFilter>().AddPlugin<LightsPlugin>("lights");

    /// <summary>A kernel whose model calls the function that it is offered, and then says what that returned.</summary>
    public static Kernel Create(params string[] lamps)
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatClient>(new Named(Model(lamps)));
        builder.Plugins.AddFromType<LightsPlugin>("lights");
        return builder.Build();
    }

    /// <summary>Calls the function for each lamp in turn, and then says what that returned.</summary>
    public static ScriptedModel Model(params string[] lamps) => new((messages, _) =>
    {
        var results = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => r.Result?.ToString()).ToList();
        return new[]
        {
            results.Count < lamps.Length
                ? ScriptedModel.Call($"c{results.Count}", "lights_turn_on", ("lamp", lamps[results.Count]))
                : ScriptedModel.Text($"The kernel says: {string.Join("; ", results)}"),
        }.ToAsyncEnumerable();
    });

    private sealed class Named(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("kernel-provider", defaultModelId: "kernel-model") : base.GetService(serviceType, serviceKey);
    }
}

/// <summary>A plugin that knows on whose behalf it is called.</summary>
internal sealed class LightsPlugin
{
    [KernelFunction("turn_on"), Description("Turns a lamp on.")]
    public static string TurnOn(string lamp, Kernel kernel) => lamp == "broken"
        ? throw new InvalidOperationException("sk-secret")
        : $"{lamp} is on for {kernel.Data[ToolCallKeys.UserId]}";
}

/// <summary>Lets nobody turn on the alarm.</summary>
internal sealed class ApprovalFilter : IFunctionInvocationFilter
{
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        if (context.Arguments["lamp"]?.ToString() == "alarm")
        {
            context.Result = new FunctionResult(context.Result, $"{context.Kernel.Data[ToolCallKeys.UserId]} may not turn on the alarm");
            return;
        }

        await next(context);
    }
}
