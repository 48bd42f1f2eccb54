using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Team;
using FunctionInvocationContext = Microsoft.SemanticKernel.FunctionInvocationContext;

namespace StreamChat.UnitTests.AgentWorker.Agents;

/// <summary>Instructions that are prompt templates of Semantic Kernel.</summary>
public sealed class InstructionTemplatesTests
{
    [Fact]
    public async Task A_template_knows_the_run_and_the_configured_instructions()
    {
        var system = await AskAsync(s => s.AddInstructionTemplate("Triage", "For {{$user_id}} in {{$thread_id}}, as {{$agent}}. {{$instructions}}"));

        Assert.StartsWith("You are Triage Agent.\nFor ada in t1, as Triage Agent. ", system, StringComparison.Ordinal);
        Assert.Contains(ShippedAgents.All[0].Value.Instructions!, system, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_agent_that_has_a_template_is_rendered()
    {
        AgentRun run = new() { Configure = s => s.AddInstructionTemplate("weather", "Rain or shine, {{$user_id}}.") };
        await run.ExecuteAsync(Ask(), [], [AgentRun.Call("c1", "transfer_to_weather")], [AgentRun.Text("Rain.")]);

        Assert.StartsWith($"You are Triage Agent.\n{ShippedAgents.All[0].Value.Instructions}", run.Asked[0].System, StringComparison.Ordinal);
        Assert.StartsWith("You are Weather Agent.\nRain or shine, ada.", run.Asked[1].System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_rendered_once_for_all_replies_of_an_agent()
    {
        Counting filter = new();
        AgentRun run = new()
        {
            Configure = s => s.AddSingleton<IPromptRenderFilter>(filter).AddInstructionTemplate("triage", "Help {{$user_id}}."),
        };
        await run.ExecuteAsync(Ask(), [], [AgentRun.Call("c1", "calculator")], [AgentRun.Text("42")]);

        Assert.Equal((2, 1), (run.Asked.Count, filter.Count));
    }

    [Fact]
    public async Task Text_is_inserted_as_it_is()
    {
        var system = await AskAsync(s =>
        {
            s.AddKernel().Plugins.AddFromFunctions("site", [KernelFunctionFactory.CreateFromMethod(() => "<b>\"1 & 2\"</b>", "motto")]);
            s.AddInstructionTemplate("triage", "{{site.motto}} <message role=\"user\">{{$user_id}}</message>");
        }, user: "a<d>a & co");

        Assert.Contains("<b>\"1 & 2\"</b> <message role=\"user\">a<d>a & co</message>", system, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_a_template_calls_knows_the_user_and_passes_the_hosts_filters()
    {
        var system = await AskAsync(s =>
        {
            s.AddKernel().Plugins.AddFromFunctions(
                "crm", [KernelFunctionFactory.CreateFromMethod((Kernel kernel) => $"{kernel.Data["user_id"]} is a customer", "find")]);
            s.AddSingleton<IFunctionInvocationFilter, Upper>();
            s.AddInstructionTemplate("triage", "Know: {{crm.find}}.");
        });

        Assert.Contains("Know: ADA IS A CUSTOMER.", system, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_render_filter_changes_the_text_or_replaces_it()
    {
        Assert.Contains("\nRedacted: Help [user].", await AskAsync(s =>
            s.AddSingleton<IPromptRenderFilter, Redacting>().AddInstructionTemplate("triage", "Help {{$user_id}}.")), StringComparison.Ordinal);
        Assert.Contains("\nAnother text", await AskAsync(s =>
            s.AddSingleton<IPromptRenderFilter, Replacing>().AddInstructionTemplate("triage", "Help {{$user_id}}.")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_has_its_own_factory()
    {
        var system = await AskAsync(s => s.AddInstructionTemplate("triage", "Help %user_id%.", new PercentFormat(), "percent"));
        Assert.StartsWith("You are Triage Agent.\nHelp ada.", system, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{site.gone}}")] // there is no such plugin
    [InlineData("{{site.broken}}")]
    public async Task A_rendering_that_fails_ends_the_run_before_the_model_is_asked(string template)
    {
        AgentRun run = new()
        {
            Configure = s =>
            {
                s.AddKernel().Plugins.AddFromFunctions(
                    "site", [KernelFunctionFactory.CreateFromMethod(string () => throw new InvalidOperationException("sk-secret"), "broken")]);
                s.AddInstructionTemplate("triage", template);
            },
        };
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => run.ExecuteAsync(Ask(), [], [AgentRun.Text("Hello")]));

        Assert.Empty(run.Asked);
        Assert.StartsWith("Rendering the instructions of agent triage failed: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rendering_that_hangs_ends_with_its_run()
    {
        using CancellationTokenSource stopping = new();
        Hanging filter = new();
        AgentRun run = new()
        {
            Stopping = stopping.Token,
            Configure = s => s.AddSingleton<IPromptRenderFilter>(filter).AddInstructionTemplate("triage", "Help."),
        };
        var execution = run.ExecuteAsync(Ask(), [], [AgentRun.Text("Hello")]);
        await filter.Reached.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
        Assert.Empty(run.Asked);
    }

    [Fact]
    public void A_template_that_cannot_be_used_is_rejected_when_it_is_added()
    {
        ServiceCollection services = new();
        services.AddInstructionTemplate("triage", "Help.");
        Assert.Throws<ArgumentException>(() => services.AddInstructionTemplate("TRIAGE", "Help."));
        Assert.Throws<ArgumentException>(() => services.AddInstructionTemplate(" ", "Help."));
        Assert.Throws<ArgumentException>(() => services.AddInstructionTemplate("news", " "));
        Assert.ThrowsAny<KernelException>(() => services.AddInstructionTemplate("news", "{{$}}"));
    }

    [Fact]
    public void A_template_for_an_agent_that_does_not_exist_stops_the_start()
    {
        ServiceCollection services = new();
        services.AddInstructionTemplate("triage", "Help.").AddInstructionTemplate("nobody", "Help.");
        using var provider = services.BuildServiceProvider();
        var result = ActivatorUtilities.CreateInstance<InstructionTemplates>(provider).Validate(Options.DefaultName, new AgentsOptions());

        Assert.Contains("'nobody'", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    private static AgentTask Ask(string user = "ada") => new()
    {
        RunId = Guid.Parse("01890000-0000-7000-8000-000000000001"),
        ThreadId = "t1",
        UserId = user,
        Messages = [AgentRun.User("Hello")],
        UseTools = true,
    };

    private static async Task<string> AskAsync(Action<IServiceCollection> configure, string user = "ada")
    {
        AgentRun run = new() { Configure = configure };
        await run.ExecuteAsync(Ask(user), [], [AgentRun.Text("Hello")]);
        return run.Asked[0].System;
    }

    private sealed class Counting : IPromptRenderFilter
    {
        public int Count { get; private set; }

        public Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
        {
            Count++;
            return next(context);
        }
    }

    private sealed class Redacting : IPromptRenderFilter
    {
        public async Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
        {
            await next(context);
            context.RenderedPrompt = $"Redacted: {context.RenderedPrompt!.Replace("ada", "[user]", StringComparison.Ordinal)}";
        }
    }

    private sealed class Replacing : IPromptRenderFilter
    {
        public Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
        {
            context.Result = new FunctionResult(context.Function, "Another text");
            return Task.CompletedTask;
        }
    }

    private sealed class Hanging : IPromptRenderFilter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
        {
            _reached.SetResult();
            return new TaskCompletionSource().Task;
        }
    }

    private sealed class Upper : IFunctionInvocationFilter
    {
        public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            await next(context);
            if (context.Function.PluginName == "crm")
            {
                context.Result = new FunctionResult(context.Result, context.Result.ToString().ToUpperInvariant());
            }
        }
    }

    private sealed class PercentFormat : IPromptTemplateFactory
    {
        public bool TryCreate(PromptTemplateConfig templateConfig, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPromptTemplate? result)
        {
            result = templateConfig.TemplateFormat == "percent" ? new Template(templateConfig.Template) : null;
            return result is not null;
        }

        private sealed class Template(string text) : IPromptTemplate
        {
            public Task<string> RenderAsync(Kernel kernel, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
                Task.FromResult(text.Replace("%user_id%", arguments!["user_id"]!.ToString(), StringComparison.Ordinal));
        }
    }
}
