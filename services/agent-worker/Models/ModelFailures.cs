using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models;

/// <summary>What users are told when a model fails.</summary>
internal static class ModelFailures
{
    /// <param name="code">A member of <see cref="RunErrorCodes"/>.</param>
    public static string Message(string code) => code switch
    {
        RunErrorCodes.ModelRateLimited => "The model takes no more requests at the moment. Please try again in a while.",
        RunErrorCodes.ContextTooLong => "This conversation has become too long for the model. Please begin a new one.",
        RunErrorCodes.ModelUnauthorized => "The model cannot be used with the key that this service has. Only its operator can help.",
        RunErrorCodes.ContentFiltered => "The model's provider does not let this be answered.",
        RunErrorCodes.ModelTimeout => "The model took too long to answer. Please try again.",
        _ => "The model could not answer. Please try again.",
    };

    /// <summary>What a run that asked a model ends with.</summary>
    public static ModelException Of(string code, Exception? inner = null) => new(code, Message(code), inner);
}
