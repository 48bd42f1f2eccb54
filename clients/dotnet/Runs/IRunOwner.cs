using StreamChat.Client.Frames;

namespace StreamChat.Client.Runs;

/// <summary>Whom a run tells what is asked of it.</summary>
internal interface IRunOwner
{
    void Cancel(ChatRun run);

    void AnswerTool(ChatRun run, ToolResultFrame frame);

    void Ended(ChatRun run);
}
