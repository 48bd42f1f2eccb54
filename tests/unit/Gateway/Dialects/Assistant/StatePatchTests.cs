using System.Text;
using System.Text.Json;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Dialects.Assistant;

namespace StreamChat.UnitTests.Gateway.Dialects.Assistant;

public sealed class StatePatchTests
{
    private const string State = """{"a":{"b":[1,2]},"c/d":"x"}""";

    [Theory]
    [InlineData("""[{"op":"add","path":"/e","value":null}]""", """{"a":{"b":[1,2]},"c/d":"x","e":null}""")]
    [InlineData("""[{"op":"add","path":"/a/b/1","value":9}]""", """{"a":{"b":[1,9,2]},"c/d":"x"}""")]
    [InlineData("""[{"op":"add","path":"/a/b/-","value":9}]""", """{"a":{"b":[1,2,9]},"c/d":"x"}""")]
    [InlineData("""[{"op":"replace","path":"/a/b/0","value":{"z":"好"}}]""", """{"a":{"b":[{"z":"好"},2]},"c/d":"x"}""")]
    [InlineData("""[{"op":"remove","path":"/c~1d"}]""", """{"a":{"b":[1,2]}}""")]
    [InlineData("""[{"op":"move","from":"/a/b/0","path":"/a/x"}]""", """{"a":{"b":[2],"x":1},"c/d":"x"}""")]
    [InlineData("""[{"op":"copy","from":"/a","path":"/y"}]""", """{"a":{"b":[1,2]},"c/d":"x","y":{"b":[1,2]}}""")]
    [InlineData("""[{"op":"test","path":"/a/b","value":[1,2]},{"op":"remove","path":"/a"}]""", """{"c/d":"x"}""")]
    public void Changes_are_made(string changes, string expected)
    {
        var changed = StatePatch.Apply(Encoding.UTF8.GetBytes(State), JsonElement.Parse(changes));
        AssistantFrameTests.AssertJson(expected, JsonElement.Parse(changed));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[5]")]
    [InlineData("""[{"op":"dance","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a/b/7","value":1}]""")]
    [InlineData("""[{"op":"remove","path":"/a/b/99999999999999999999"}]""")]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""")]
    [InlineData("""[{"op":"test","path":"/c~1d","value":"y"},{"op":"remove","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"/a","value":"\ud800"}]""")]
    public void Changes_that_do_not_fit_change_nothing(string changes) =>
        Assert.Null(StatePatch.Apply(Encoding.UTF8.GetBytes(State), JsonElement.Parse(changes)));

    [Fact]
    public void The_state_of_a_run_is_in_its_context()
    {
        var session = new SessionProbe(AssistantDialects.Create(), "42");
        session.Open(new AssistantChat { Messages = [] });
        var context = Assert.Single(session.Say(new StateSnapshot { Seq = 0, Snapshot = JsonElement.Parse("""{"city":"北京"}""") })).GetProperty("content").GetProperty("context");
        AssistantFrameTests.AssertJson("""{"user_id":42,"user_name":"用户_42","city":"北京"}""", context);
        var changed = Assert.Single(session.Say(new StateDelta { Seq = 0, Delta = JsonElement.Parse("""[{"op":"remove","path":"/city"}]""") }));
        AssistantFrameTests.AssertJson("""{"user_id":42,"user_name":"用户_42"}""", changed.GetProperty("content").GetProperty("context"));
        Assert.Empty(session.Say(new StateSnapshot { Seq = 0, Snapshot = JsonElement.Parse("[]") }));
    }
}
