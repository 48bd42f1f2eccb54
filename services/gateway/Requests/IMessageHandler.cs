using System.Text.Json;

namespace StreamChat.Gateway.Requests;

/// <summary>
/// A kind of message added to a dialect that has types: one class, and one registration with
/// <see cref="RequestRegistration.AddMessageHandler"/>.
/// </summary>
internal interface IMessageHandler
{
    /// <summary>Name of the dialect.</summary>
    string Dialect { get; }

    /// <summary>What the message's <c>type</c> says.</summary>
    string Type { get; }

    /// <summary>Serves it.</summary>
    /// <param name="context">The request; answer with <c>context.Connection.Send</c>, for example a <see cref="Dialects.VerbatimFrame"/>.</param>
    /// <param name="message">The whole message, a JSON object.</param>
    ValueTask HandleAsync(RequestContext context, JsonElement message);
}
