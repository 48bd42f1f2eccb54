using Microsoft.Extensions.AI;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class ToolRegistryTests
{
    private readonly ToolRegistry _registry = new([NewTool("b")]);

    [Fact]
    public void Tools_of_sources_come_and_go_and_each_change_is_told_once()
    {
        var changed = _registry.Changed;
        _registry.Offer("s", [NewTool("c"), NewTool("a")]);
        Assert.True(changed.IsCompleted);
        Assert.Equal(["a", "b", "c"], Names());
        Assert.True(_registry.TryGet("a", out _));

        changed = _registry.Changed;
        _registry.Offer("s", [NewTool("c"), NewTool("a")]);
        Assert.False(changed.IsCompleted);
        _registry.Offer("s", [NewTool("c"), NewTool("a", "other words")]);
        Assert.True(changed.IsCompleted);

        changed = _registry.Changed;
        _registry.Offer("s", []);
        Assert.True(changed.IsCompleted);
        Assert.Equal(["b"], Names());
        Assert.False(_registry.TryGet("a", out _));
    }

    [Fact]
    public void Who_has_a_name_does_not_depend_on_who_came_first()
    {
        Assert.Empty(_registry.Offer("two", [NewTool("x", "of two")]));
        Assert.Equal(new HiddenTool("two", "x"), Assert.Single(_registry.Offer("one", [NewTool("x", "of one")])));
        Assert.Equal("of one", _registry.Descriptions[1].Description);

        // told once
        Assert.Empty(_registry.Offer("one", [NewTool("x", "of one")]));
        _registry.Offer("one", []);
        Assert.Equal("of two", _registry.Descriptions[1].Description);
    }

    [Fact]
    public void Nobody_takes_the_name_of_a_tool_built_in()
    {
        Assert.Equal(new HiddenTool("s", "b"), Assert.Single(_registry.Offer("s", [NewTool("b", "mine")])));
        Assert.Equal("", _registry.Descriptions.Single().Description);
    }

    private static Tool NewTool(string name, string description = "") =>
        new(AIFunctionFactory.Create((string text) => text, name, description), TimeSpan.FromSeconds(5), SafeToRepeat: true);

    private IEnumerable<string> Names() => _registry.Descriptions.Select(d => d.Name);
}
