using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace StreamChat.AgentWorker.Models.Providers.SemanticKernel;

/// <summary>A conversation and its options as connectors of Semantic Kernel take them.</summary>
internal static class ChatServiceRequest
{
    public static ChatHistory History(IEnumerable<ChatMessage> messages)
    {
        var history = new ChatHistory();
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var converted = new ChatMessageContent { Role = new AuthorRole(message.Role.Value), AuthorName = message.AuthorName };
            foreach (var content in message.Contents)
            {
                if (content is FunctionCallContent call)
                {
                    names[call.CallId] = call.Name;
                }

                if (Convert(content, names) is { } item)
                {
                    converted.Items.Add(item);
                }
            }

            if (converted.Items.Count > 0)
            {
                history.Add(converted);
            }
        }

        return history;
    }

    /// <summary>The functions are offered and never invoked by the connector: calls go over the bus.</summary>
    public static PromptExecutionSettings Settings(ChatOptions? options)
    {
        // each connector reads what it knows of these
        Dictionary<string, object> data = [];
        Add("temperature", options?.Temperature);
        Add("top_p", options?.TopP);
        Add("max_tokens", options?.MaxOutputTokens);
        var functions = (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(f => new OfferedFunction(f).AsKernelFunction()).ToList();
        return new PromptExecutionSettings
        {
            ModelId = options?.ModelId,
            ExtensionData = data,
            FunctionChoiceBehavior = functions.Count == 0 ? null : options?.ToolMode switch
            {
                NoneChatToolMode => FunctionChoiceBehavior.None(functions),
                RequiredChatToolMode => FunctionChoiceBehavior.Required(functions, autoInvoke: false),
                _ => FunctionChoiceBehavior.Auto(functions, autoInvoke: false),
            },
        };

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }
    }

    private static KernelContent? Convert(AIContent content, Dictionary<string, string> names) => content switch
    {
        TextContent { Text.Length: > 0 } text => new Microsoft.SemanticKernel.TextContent(text.Text),
        FunctionCallContent call => new Microsoft.SemanticKernel.FunctionCallContent(call.Name, id: call.CallId, arguments: ToolArguments.ToKernel(call)),
        FunctionResultContent result => new Microsoft.SemanticKernel.FunctionResultContent(names.GetValueOrDefault(result.CallId), callId: result.CallId, result: ToolArguments.ResultText(result.Result)),
        DataContent data when data.HasTopLevelMediaType("image") => new ImageContent(data.Data, data.MediaType),
        UriContent uri when uri.HasTopLevelMediaType("image") => new ImageContent(uri.Uri),
        _ => null,
    };

    /// <summary>A function that a model may call; connectors want one with code, which never runs.</summary>
    private sealed class OfferedFunction(AIFunctionDeclaration declaration) : AIFunction
    {
        public override string Name => declaration.Name;

        public override string Description => declaration.Description;

        public override JsonElement JsonSchema => declaration.JsonSchema;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The connector invoked a function that was only offered to the model.");
    }
}
