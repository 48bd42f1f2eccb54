using System.Text.Json;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Rooms;

namespace StreamChat.Gateway.Requests.Handlers.Assistant;

/// <summary>Tells the other connections in the rooms that people made, on all gateways, and nobody else, that a user goes away.</summary>
internal sealed class AssistantFarewellHandler(ClusterQuestions cluster, TimeProvider time) : RequestHandler<AssistantFarewell>
{
    protected override async ValueTask HandleAsync(RequestContext context, AssistantFarewell request)
    {
        var connection = context.Connection;
        var content = AssistantJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "user_offline"u8);
            json.WriteString("user_id"u8, connection.UserId);
            json.WriteString("username"u8, request.Username);
            json.WriteString("timestamp"u8, IsoTime.Naive(time.GetUtcNow()));
            json.WriteEndObject();
        });
        foreach (var room in RoomDirectory.JoinedBy(connection).Where(room => !RoomNames.IsPrivateRoom(room)))
        {
            try
            {
                await cluster.BroadcastAsync("notification", JsonElement.Parse(content), room, userId: null, context.Stopping, connection.Id);
            }
            catch (ClusterBusyException)
            {
                // nobody relies on it: who closes the connection is not announced at all
            }
        }
    }
}
