using Microsoft.SemanticKernel;
using StreamChat.AgentWorker;
using StreamChat.Gateway;
using StreamChat.Hosting;
using StreamChat.Hosting.Bus;
using StreamChat.Samples.SemanticKernel;
using StreamChat.Standalone;
using StreamChat.ToolWorker;

return await StreamChatHost.RunAsync(args, () =>
{
    // a standalone server, as in services/standalone/Program.cs
    var builder = StreamChatHost.CreateBuilder(args, "streamchat-semantic-kernel", defaultPort: 8080);
    builder.Configuration.UseStandaloneDefaults();
    builder.Configuration.AddInMemoryCollection(Settings());
    builder.Services.AddGateway();
    builder.Services.AddAgentWorker(builder.Configuration);
    builder.Services.AddToolWorker(builder.Configuration);
    builder.Services.AddStreamChatBus(builder.Configuration, new GatewayBus(), new AgentWorkerBus(), new ToolWorkerBus());

    // a plugin, whose functions are tools: lights_list and lights_switch
    builder.Services.AddSingleton<Lamps>();
    builder.Services.AddPlugin<LightsPlugin>("lights");

    // a filter around the calls of agents: a lamp is switched when a person has approved it
    builder.Services.AddSingleton<Approvals>();
    builder.Services.AddToolCallFilter<ApprovalFilter>();

    // instructions that are a prompt template; it calls the plugin of the container's kernel
    builder.Services.AddKernel().Plugins.AddFromType<LightsPlugin>("lights");
    builder.Services.AddInstructionTemplate("triage", "You switch lamps for {{$user_id}}.\nLamps: {{lights.list}}");

    // a model that is a connector of Semantic Kernel; this one follows a script and needs no network
    builder.Services.AddModel("scripted", _ => new ScriptedConnector());

    var app = builder.Build();
    app.MapGateway();
    app.MapApprovals();
    return app;
});

static Dictionary<string, string?> Settings() => new()
{
    ["Model:Provider"] = "custom",
    ["Model:Name"] = "scripted",
    ["Agents:Team:triage:Tools:0"] = "lights_list",
    ["Agents:Team:triage:Tools:1"] = "lights_switch",
};
