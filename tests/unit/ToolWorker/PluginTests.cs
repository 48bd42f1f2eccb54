using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;
using FunctionInvocationContext = Microsoft.SemanticKernel.FunctionInvocationContext;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>Plugins of Semantic Kernel as tools, called with the checks and limits of the tool-worker around them.</summary>
public sealed class PluginTests
{
    private const string Desk = """{"lamp":"desk"}""";

    [Fact]
    public async Task A_function_has_its_host_services_a_scope_of_its_own_and_knows_its_user()
    {
        await using var host = Host(s => s.AddScoped<Visit>().AddSingleton(new Building("mill")).AddPlugin<Lights>("lights"));

        var first = await ToolProbe.ResultAsync(Tool(host, "lights_turn_on"), Desk);
        var second = await ToolProbe.ResultAsync(Tool(host, "lights_turn_on"), Desk);

        Assert.Equal("desk of mill for ada in thread, run 00000000-0000-0000-0000-000000000000, call call-1, visit 1", first.GetString());
        Assert.Equal(first.GetString(), second.GetString());
    }

    [Theory]
    [InlineData("in the host")]
    [InlineData("on the host's kernel")]
    [InlineData("in the services of a kernel")]
    [InlineData("on a kernel")]
    public async Task Filters_run_wherever_they_are_registered(string where)
    {
        Recorder filter = new();
        var builder = Kernel.CreateBuilder();
        builder.Services.AddScoped<Visit>().AddSingleton(new Building("mill"));
        builder.Plugins.AddFromType<Lights>("lights");
        if (where == "in the services of a kernel")
        {
            builder.Services.AddSingleton<IFunctionInvocationFilter>(filter);
        }

        var kernel = builder.Build();
        if (where.StartsWith("on ", StringComparison.Ordinal))
        {
            kernel.FunctionInvocationFilters.Add(filter);
        }

        await using var host = Host(s => _ = where switch
        {
            "in the host" => s.AddSingleton<IFunctionInvocationFilter>(filter).AddPlugins(kernel.Plugins),
            "on the host's kernel" => s.AddSingleton(kernel).AddPlugins(kernel.Plugins),
            _ => s.AddPlugins(kernel),
        }, s => s.AddScoped<Visit>().AddSingleton(new Building("mill")));
        await ToolProbe.ResultAsync(Tool(host, "lights_turn_on"), Desk);

        Assert.Equal(["lights.turn_on for ada"], filter.Seen);
        Assert.Empty(kernel.Data);
    }

    [Fact]
    public async Task A_filter_can_answer_in_the_place_of_the_function()
    {
        await using var host = Host(s => s.AddSingleton<IFunctionInvocationFilter>(new Filter((context, _) =>
        {
            context.Result = new FunctionResult(context.Result, "Not approved.");
            return Task.CompletedTask;
        })).AddPlugin<Faults>("faults"));

        Assert.Equal("Not approved.", (await ToolProbe.ResultAsync(Tool(host, "faults_throw"), "{}")).GetString());
    }

    [Fact]
    public async Task What_a_filter_or_a_function_throws_does_not_reach_the_model()
    {
        await using var throws = Host(s => s.AddPlugin<Faults>("faults"));
        await using var rejects = Host(s => s
            .AddSingleton<IFunctionInvocationFilter>(new Filter((_, _) => throw new UnauthorizedAccessException("sk-secret"))).AddPlugin<Faults>("faults"));

        Assert.Equal(ToolAnswer.FailedText, (await ToolProbe.CallAsync(Tool(throws, "faults_throw"), "{}")).Error);
        Assert.Equal(ToolAnswer.FailedText, (await ToolProbe.CallAsync(Tool(rejects, "faults_wait"), "{}")).Error);
    }

    [Fact]
    public async Task The_deadline_cancels_the_function()
    {
        await using var host = Host(s => s.AddPlugin<Faults>("faults", TimeSpan.FromMilliseconds(50), safeToRepeat: true));

        Assert.Equal("The tool did not answer within 0.05 s.", (await ToolProbe.CallAsync(Tool(host, "faults_wait"), "{}")).Error);
    }

    [Fact]
    public async Task A_filter_cannot_defeat_the_deadline()
    {
        TaskCompletionSource never = new();
        await using var host = Host(s => s
            .AddSingleton<IFunctionInvocationFilter>(new Filter((_, _) => never.Task)).AddPlugin<Faults>("faults", TimeSpan.FromMilliseconds(50), safeToRepeat: true));

        Assert.Equal("The tool did not answer within 0.05 s.", (await ToolProbe.CallAsync(Tool(host, "faults_wait"), "{}")).Error);
        never.SetResult();
    }

    [Fact]
    public async Task A_filter_cannot_defeat_the_argument_check_or_the_size_limit()
    {
        Recorder seen = new();
        await using var host = Host(s => s
            .AddSingleton<IFunctionInvocationFilter>(seen)
            .AddSingleton<IFunctionInvocationFilter>(new Filter(async (context, next) =>
            {
                await next(context);
                context.Result = new FunctionResult(context.Result, new string('x', 10_000_000));
            }))
            .AddScoped<Visit>().AddSingleton(new Building("mill")).AddPlugin<Lights>("lights"));

        Assert.Equal("Parameter 'lamp' must be a JSON string.", (await ToolProbe.CallAsync(Tool(host, "lights_turn_on"), """{"lamp":1}""")).Error);
        Assert.Equal("Missing parameter 'lamp'.", (await ToolProbe.CallAsync(Tool(host, "lights_turn_on"), "{}")).Error);
        Assert.Empty(seen.Seen);
        Assert.StartsWith("The tool's result is too large", (await ToolProbe.CallAsync(Tool(host, "lights_turn_on"), Desk)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_and_results_keep_their_types()
    {
        await using var host = Host(s => s.AddPlugin<Shapes>("shapes"));

        var mixed = await ToolProbe.ResultAsync(Tool(host, "shapes_mix"), """{"numbers":[1,2],"point":{"x":1.5,"y":2},"day":"Monday"}""");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"sum":3,"x":1.5,"day":"Monday","note":"none"}"""), mixed), mixed.GetRawText());
        Assert.Equal("a text", (await ToolProbe.ResultAsync(Tool(host, "shapes_content"), "{}")).GetString());
        Assert.Equal("converted", (await ToolProbe.ResultAsync(Tool(host, "shapes_converted"), "{}")).GetString());
        Assert.Equal(JsonValueKind.Null, (await ToolProbe.ResultAsync(Tool(host, "shapes_nothing"), "{}")).ValueKind);
    }

    [Fact]
    public void A_tool_has_the_functions_description_and_is_not_repeated_unless_it_may()
    {
        using var host = Host(s => s.AddPlugin<Faults>().AddPlugin<Shapes>("shapes", TimeSpan.FromMinutes(1), safeToRepeat: true));

        var tool = Tool(host, "Faults_wait");
        Assert.Equal(("Waits.", TimeSpan.FromSeconds(30), false, false), (tool.Function.Description, tool.Timeout, tool.SafeToRepeat, tool.BuiltIn));
        Assert.Equal((TimeSpan.FromMinutes(1), true), (Tool(host, "shapes_mix").Timeout, Tool(host, "shapes_mix").SafeToRepeat));
    }

    [Fact]
    public void Two_tools_of_one_name_are_rejected_at_the_start()
    {
        using var twice = Host(s => s.AddPlugin<Faults>("a").AddPlugin<Faults>("a"));
        using var parts = Host(s => s.AddPlugins([Plugin("a_b", "c"), Plugin("a", "b_c")]));
        using var plain = Host(s => s.AddTools([AIFunctionFactory.Create(() => 1, "a_b_c")]).AddPlugins([Plugin("a", "b_c")]));

        Assert.All([twice, parts, plain], host => Assert.Contains(
            "Two tools are named 'a_", Assert.Throws<InvalidOperationException>(host.GetRequiredService<ToolRegistry>).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("transfer", "to_health")]
    [InlineData("a123456789012345678901234567890123456789", "a123456789012345678901234567890123456789")]
    public void A_name_that_models_reject_or_that_means_a_hand_off_is_rejected(string plugin, string function)
    {
        Kernel kernel = new(plugins: [Plugin(plugin, function)]);
        using var host = Host(s => s.AddPlugins(kernel.Plugins));

        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPlugins(kernel));
        Assert.Throws<ArgumentException>(host.GetRequiredService<ToolRegistry>);
    }

    [Fact]
    public void A_kernel_function_is_rejected_as_a_plain_function()
    {
        var function = Plugin("a", "b").Single();

        Assert.All<AIFunction>([function, function.WithKernel(new Kernel()), new Wrapped(function)], f => Assert.Contains(
            "Use AddPlugins", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddTools([f])).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_deadline_is_above_zero()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddPlugin<Faults>(timeout: TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddPlugins(new Kernel(), TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddPlugins([Plugin("a", "b")], TimeSpan.Zero));
    }

    [Fact]
    public async Task The_kernel_does_not_log_messages_of_exceptions_by_default()
    {
        var builder = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
        await using var app = builder.Build();
        var category = typeof(KernelFunction).FullName!;

        Assert.False(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Critical));
    }

    private static KernelPlugin Plugin(string name, string function) =>
        KernelPluginFactory.CreateFromFunctions(name, [KernelFunctionFactory.CreateFromMethod(() => 1, function)]);

    private static ServiceProvider Host(params Action<IServiceCollection>[] add)
    {
        ServiceCollection services = new();
        services.AddSingleton<ToolRegistry>();
        Array.ForEach(add, a => a(services));
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static Tool Tool(ServiceProvider host, string name)
    {
        Assert.True(host.GetRequiredService<ToolRegistry>().TryGet(name, out var tool));
        return tool;
    }

    private sealed class Wrapped(AIFunction inner) : DelegatingAIFunction(inner);

    private sealed record Building(string Name);

    private sealed class Visit
    {
        public int Count { get; set; }
    }

    private sealed class Lights(IServiceProvider services)
    {
        [KernelFunction("turn_on"), Description("Turns a lamp on.")]
        public string TurnOn(string lamp, Kernel kernel, [FromKernelServices] Visit visit)
        {
            visit.Count++;
            var data = kernel.Data;
            var building = services.GetRequiredService<Building>().Name;
            return $"{lamp} of {building} for {data[ToolCallKeys.UserId]} in {data[ToolCallKeys.ThreadId]}, run {data[ToolCallKeys.RunId]}, "
                + $"call {data[ToolCallKeys.ToolCallId]}, visit {visit.Count}";
        }
    }

    private sealed class Faults
    {
        [KernelFunction("throw")]
        public static string Throw() => throw new InvalidOperationException("sk-secret");

        [KernelFunction("wait"), Description("Waits.")]
        public static Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private sealed class Shapes
    {
        [KernelFunction("mix")]
        public static object Mix(int[] numbers, Point point, DayOfWeek day, string note = "none") =>
            new { sum = numbers.Sum(), x = point.X, day = day.ToString(), note };

        [KernelFunction("content")]
        public static Microsoft.SemanticKernel.TextContent Content() => new("a text");

        [KernelFunction("converted")]
        public static Convertible Converted() => new();

        [KernelFunction("nothing")]
        public static object? Nothing() => null;
    }

    private sealed record Point([property: JsonPropertyName("x")] double X, [property: JsonPropertyName("y")] double Y);

    [TypeConverter(typeof(Converter))]
    private sealed class Convertible;

    private sealed class Converter : TypeConverter
    {
        public override bool CanConvertTo(ITypeDescriptorContext? context, Type? destinationType) => destinationType == typeof(string);

        public override object ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) => "converted";
    }

    private sealed class Filter(Func<FunctionInvocationContext, Func<FunctionInvocationContext, Task>, Task> run) : IFunctionInvocationFilter
    {
        public Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next) => run(context, next);
    }

    private sealed class Recorder : IFunctionInvocationFilter
    {
        public List<string> Seen { get; } = [];

        public Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            Seen.Add($"{context.Function.PluginName}.{context.Function.Name} for {context.Kernel.Data[ToolCallKeys.UserId]}");
            return next(context);
        }
    }
}
