namespace OpsBot.Ingress.SageMaker;

// senders:
//   sagemaker: { bearer: "..." }        # EventBridge API destination; its connection's API key: name Authorization, value "Bearer ..."; or basic

/// <summary>Events of Amazon SageMaker, sent by EventBridge.</summary>
public sealed class SageMakerOptions : TokenSenderOptions;
