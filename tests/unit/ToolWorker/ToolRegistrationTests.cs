using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>Functions that a host adds as tools.</summary>
public sealed class ToolRegistrationTests
{
    [Fact]
    public void A_function_is_a_tool_that_is_not_repeated_unless_it_may()
    {
        using var services = new ServiceCollection()
            .AddTools([Function("one")])
            .AddTools([Function("two")], TimeSpan.FromMinutes(1), safeToRepeat: true)
            .BuildServiceProvider();

        Assert.Equal(
            [("one", TimeSpan.FromSeconds(30), false), ("two", TimeSpan.FromMinutes(1), true)],
            services.GetServices<Tool>().Select(t => (t.Function.Name, t.Timeout, t.SafeToRepeat)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("lights.on")]
    [InlineData("licht_an_für")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    public void A_name_that_models_do_not_take_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddTools([new Named(Function("x"), name)]));

    [Theory]
    [InlineData("transfer_to_health")]
    [InlineData("Transfer_To_nobody")]
    public void A_name_that_means_a_hand_off_is_refused(string name) =>
        Assert.Contains("hand-offs", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddTools([Function(name)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_deadline_is_above_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddTools([Function("x")], TimeSpan.Zero));

    private static AIFunction Function(string name) => AIFunctionFactory.Create(() => 1, name);

    private sealed class Named(AIFunction inner, string name) : DelegatingAIFunction(inner)
    {
        public override string Name => name;
    }
}
