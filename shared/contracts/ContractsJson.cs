using System.Text.Json.Serialization;
using StreamChat.Contracts.Agents;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Contracts.Tools;

namespace StreamChat.Contracts;

/// <summary>The source-generated JSON form of everything that travels on the bus.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StartRun))]
[JsonSerializable(typeof(CancelRun))]
[JsonSerializable(typeof(AttachRun))]
[JsonSerializable(typeof(AttachAnswered))]
[JsonSerializable(typeof(RunsAnnounced))]
[JsonSerializable(typeof(RunEventBatch))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(CallTool))]
[JsonSerializable(typeof(ToolResult))]
[JsonSerializable(typeof(ToolsAnnounced))]
[JsonSerializable(typeof(ToolsRequested))]
[JsonSerializable(typeof(AgentsAnnounced))]
[JsonSerializable(typeof(AgentsRequested))]
[JsonSerializable(typeof(CreateRoom))]
[JsonSerializable(typeof(JoinRoom))]
[JsonSerializable(typeof(LeaveRoom))]
[JsonSerializable(typeof(InviteToRoom))]
[JsonSerializable(typeof(RoomAnswer))]
[JsonSerializable(typeof(ListRooms))]
[JsonSerializable(typeof(RoomList))]
[JsonSerializable(typeof(RenewRoomMembers))]
[JsonSerializable(typeof(RoomMembersRenewed))]
[JsonSerializable(typeof(RoomsChanged))]
[JsonSerializable(typeof(ReadRoomMembers))]
[JsonSerializable(typeof(RoomMembersRead))]
[JsonSerializable(typeof(GatewayReport))]
[JsonSerializable(typeof(ListConnections))]
[JsonSerializable(typeof(ConnectionsListed))]
[JsonSerializable(typeof(Broadcast))]
[JsonSerializable(typeof(BroadcastDelivered))]
[JsonSerializable(typeof(TokensRevoked))]
[JsonSerializable(typeof(RevocationsAnnounced))]
[JsonSerializable(typeof(AnswerToolCall))]
[JsonSerializable(typeof(ToolProgressed))]
[JsonSerializable(typeof(ListThreads))]
[JsonSerializable(typeof(ThreadList))]
[JsonSerializable(typeof(ReadThread))]
[JsonSerializable(typeof(ThreadPage))]
[JsonSerializable(typeof(ChangeThread))]
[JsonSerializable(typeof(DeleteThread))]
[JsonSerializable(typeof(ListThreadRuns))]
[JsonSerializable(typeof(ThreadRuns))]
[JsonSerializable(typeof(ThreadAnswer))]
public sealed partial class ContractsJson : JsonSerializerContext;
