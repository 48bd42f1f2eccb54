using System.Text;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Models.Providers;

namespace StreamChat.UnitTests.AgentWorker.Models.Providers;

public sealed class BoundedEventsTests
{
    private const int Most = 8;

    [Theory]
    [InlineData("1234567\n\n1234567\n\n1234567\n\n")]
    [InlineData("1234567\r\n\r\n1234567\r\n\r\n1234567\r\n\r\n")]
    [InlineData("1234567\r\r1234567\r\r1234567\r\r")]
    [InlineData("1234\n1234\n\n1234\r\n1234\r\n\r\n")]
    [InlineData("\n\n\n\n\r\n\r\n\r\n\r\n\r\r\r\r\r\r\r\r\r\r")]
    [InlineData("12345678")]
    public void Any_number_of_events_passes(string events)
    {
        Assert.All([1, 2, 3, 1024], step => Assert.Equal(events, Read(events, step)));
    }

    [Theory]
    [InlineData("123456789")]
    [InlineData("1\n\n123456789")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n")]
    [InlineData("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n")]
    [InlineData("1\r2\r3\r4\r5\r6\r7\r8\r9\r")]
    public void An_event_that_does_not_end_is_given_up(string events)
    {
        Assert.All([1, 2, 3, 1024], step => Assert.Throws<ProviderException>(() => Read(events, step)));
    }

    private static string Read(string events, int step)
    {
        using BoundedEvents stream = new(new MemoryStream(Encoding.ASCII.GetBytes(events)), Most);
        StringBuilder read = new();
        var buffer = new byte[step];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            read.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return read.ToString();
    }
}
