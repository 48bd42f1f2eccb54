using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Models.Demo.Replies;

/// <summary>What to say when nothing else fits.</summary>
internal static class GeneralReply
{
    private const int LongestQuote = 80;

    public static string To(DemoConversation conversation)
    {
        if (conversation.Question.Length == 0)
        {
            return "What would you like to talk about? Ask me anything, and I will do my best.";
        }

        if (conversation.HasPictures)
        {
            return conversation.Say(
                "Thank you for the picture. I am a small built-in demo model and cannot look at it; a model of a provider can. Ask me what I can do, and I will tell you.",
                "谢谢您的图片。我是一个内置的小型演示模型，看不了图片；接入真正的模型后就可以了。您可以问我能做什么。");
        }

        var quote = Quote(conversation.Question);
        return conversation.Say(
            $"“{quote}” is a topic worth taking apart step by step. First, it helps to be clear about what you want to reach " +
            "and what you already know, because a good answer starts from there. Next, split it into smaller questions and look at the most " +
            "important one first. Finally, try the result on a concrete example and adjust it. I am a small built-in demo model, so my general " +
            "knowledge is limited, but I can calculate, tell the time, remember what you tell me, and use the tools I am given.",
            $"关于“{quote}”，我们可以一步一步来看。首先，弄清楚您想达到的目标和已经了解的情况，好的答案总是从这里开始。" +
            "其次，把它拆成几个小问题，先解决最重要的那一个。最后，用一个具体的例子来检验结果，再逐步调整。" +
            "我是一个内置的小型演示模型，知识有限，但我可以计算、查询时间、记住您说过的话，并使用提供给我的工具。");
    }

    private static string Quote(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestQuote ? line : $"{BoundedText.Start(line, LongestQuote)}…";
    }
}
