//! The conversation end: greets whoever starts a chat and answers every message, always the same way. A case
//! can have its agent say more, or end the conversation.

use std::sync::Arc;

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::site::CaseState;
use crate::contract::CustomContext;

/// The largest message that is taken, in bytes: more than a page's context would ever be.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// The largest message that is read at all, in bytes.
const MAX_READ_BYTES: usize = 4 * MAX_MESSAGE_BYTES;

/// The messages of one conversation, after which the server ends it.
const MAX_MESSAGES: usize = 1_000;

/// Who answers, as the widget shows it.
const AGENT: &str = "Support";

/// One conversation that a widget started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The widget's language.
    pub locale: String,
    /// What the visitor answered in the pre-chat survey; `None` when none was shown.
    pub survey: Option<SurveyAnswers>,
    /// The context variables that it was started with.
    pub context: CustomContext,
    /// The authentication token that it was started with.
    pub token: Option<String>,
    /// All messages in order.
    pub messages: Vec<ConversationMessage>,
    /// Whether it is over: visitor or agent ended it, or the server did.
    pub ended: bool,
    /// Whether the widget is gone for now; until the conversation has ended it may take it up again.
    pub left: bool,
}

/// What a case has its agent do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AgentAct {
    /// Say this.
    Say(String),
    /// End the conversation.
    End,
}

/// The answers to the pre-chat survey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SurveyAnswers {
    /// The visitor's name.
    pub name: String,
    /// What it is about.
    pub question: String,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMessage {
    /// Who wrote it.
    pub from: Speaker,
    /// Its text.
    pub text: String,
}

/// Who takes part in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The person at the widget.
    Visitor,
    /// The conversation end.
    Agent,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum FromWidget {
    Start {
        #[serde(default)]
        locale: String,
        #[serde(default)]
        survey: Option<SurveyAnswers>,
        #[serde(default)]
        context: CustomContext,
        #[serde(default)]
        token: Option<String>,
    },
    Resume {
        id: usize,
    },
    Message {
        text: String,
    },
    End,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum ToWidget<'a> {
    Started {
        /// With it the conversation can be taken up again; there is none where nothing is recorded.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<usize>,
    },
    Resumed {
        messages: Vec<PastMessage<'a>>,
    },
    /// There is no such conversation any more.
    Gone,
    Message {
        from: &'a str,
        text: &'a str,
    },
    /// The agent ended it.
    Ended,
}

/// A message of a conversation that is taken up again.
#[derive(Debug, Serialize)]
struct PastMessage<'a> {
    from: &'a str,
    text: &'a str,
    /// Whether the visitor wrote it.
    own: bool,
}

/// Takes up the connection of a widget; it lasts until the widget leaves, the case is closed or the
/// server stops.
pub(super) fn accept(
    upgrade: WebSocketUpgrade,
    case: Option<Arc<CaseState>>,
    stop: CancellationToken,
) -> Response {
    let stop = case.as_ref().map_or(stop, |case| case.closed.clone());
    upgrade
        .max_message_size(MAX_READ_BYTES)
        .max_frame_size(MAX_READ_BYTES)
        .on_upgrade(async move |socket| Talk::new(socket, case).run(&stop).await)
}

/// A conversation that is under way.
struct Talk {
    socket: WebSocket,
    case: Option<Arc<CaseState>>,
    /// Its number among the case's conversations, once it is started.
    number: Option<usize>,
    said: usize,
    agent: mpsc::UnboundedReceiver<AgentAct>,
    /// What the case's agent does comes in here, once the conversation is under way.
    to_agent: mpsc::UnboundedSender<AgentAct>,
}

/// Why a conversation is over.
enum Over {
    /// The widget left or cannot be reached.
    Left,
    /// The server ends it, for this reason.
    Closed(u16, &'static str),
}

impl Talk {
    fn new(socket: WebSocket, case: Option<Arc<CaseState>>) -> Self {
        let (to_agent, agent) = mpsc::unbounded_channel();
        Self { socket, case, number: None, said: 0, agent, to_agent }
    }

    async fn run(mut self, stop: &CancellationToken) {
        let over = loop {
            let received = tokio::select! {
                () = stop.cancelled() => break Over::Closed(close_code::AWAY, "the server stops"),
                Some(act) = self.agent.recv() => match self.act(act).await {
                    Ok(()) => continue,
                    Err(over) => break over,
                },
                received = self.socket.recv() => received,
            };
            let outcome = match received {
                Some(Ok(Message::Text(text))) => self.hear(&text).await,
                Some(Ok(Message::Binary(_))) => Err(Over::Closed(close_code::UNSUPPORTED, "text only")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Over::Left),
            };
            if let Err(over) = outcome {
                break over;
            }
        };
        self.change(|conversation| {
            conversation.left = true;
            conversation.ended |= matches!(over, Over::Closed(..));
        });
        if let Over::Closed(code, reason) = over {
            let frame = CloseFrame { code, reason: reason.into() };
            // The other side may be gone already, and then there is nobody to tell.
            let _ = self.socket.send(Message::Close(Some(frame))).await;
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Over> {
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(Over::Closed(close_code::SIZE, "a message is larger than a mebibyte"));
        }
        let heard = serde_json::from_str(text)
            .map_err(|_| Over::Closed(close_code::POLICY, "not a message of a conversation"))?;
        match (heard, self.number) {
            (FromWidget::Start { locale, survey, context, token }, None) => {
                let greeting = greeting(survey.as_ref());
                let conversation = Conversation { locale, survey, context, token, ..Conversation::default() };
                let record = |case: &Arc<CaseState>| case.record_conversation(conversation);
                let id = self.case.as_ref().map(record);
                self.join(id.unwrap_or_default());
                self.send(&ToWidget::Started { id }).await?;
                self.answer(&greeting).await
            }
            (FromWidget::Resume { id }, None) => self.resume(id).await,
            (FromWidget::Message { text }, Some(_)) => {
                let reply = reply(&text);
                self.record(Speaker::Visitor, text)?;
                self.answer(&reply).await
            }
            (FromWidget::End, _) => Err(Over::Closed(close_code::NORMAL, "ended by the visitor")),
            (FromWidget::Start { .. } | FromWidget::Resume { .. }, Some(_)) => {
                Err(Over::Closed(close_code::POLICY, "the conversation is started already"))
            }
            (FromWidget::Message { .. }, None) => {
                Err(Over::Closed(close_code::POLICY, "the conversation is not started"))
            }
        }
    }

    /// The widget is in this conversation from here on.
    fn join(&mut self, number: usize) {
        self.number = Some(number);
        if let Some(case) = &self.case {
            case.set_agent(number, self.to_agent.clone());
        }
    }

    /// Takes a conversation up again, with all that was said in it.
    async fn resume(&mut self, id: usize) -> Result<(), Over> {
        let case = self.case.clone();
        let Some(past) = case.and_then(|case| case.conversation(id)).filter(|past| !past.ended) else {
            self.send(&ToWidget::Gone).await?;
            return Err(Over::Closed(close_code::NORMAL, "there is no such conversation"));
        };
        self.join(id);
        self.said = past.messages.len();
        self.change(|conversation| conversation.left = false);
        let messages = past.messages.iter().map(|message| {
            let own = message.from == Speaker::Visitor;
            PastMessage { from: if own { "" } else { AGENT }, text: &message.text, own }
        });
        self.send(&ToWidget::Resumed { messages: messages.collect() }).await
    }

    /// Does what the case has its agent do.
    async fn act(&mut self, act: AgentAct) -> Result<(), Over> {
        match act {
            AgentAct::Say(text) => self.answer(&text).await,
            AgentAct::End => {
                self.send(&ToWidget::Ended).await?;
                Err(Over::Closed(close_code::NORMAL, "ended by the agent"))
            }
        }
    }

    async fn answer(&mut self, text: &str) -> Result<(), Over> {
        self.record(Speaker::Agent, text.to_owned())?;
        self.send(&ToWidget::Message { from: AGENT, text }).await
    }

    async fn send(&mut self, message: &ToWidget<'_>) -> Result<(), Over> {
        let text = serde_json::to_string(message)
            .map_err(|_| Over::Closed(close_code::ERROR, "the server cannot write its answer"))?;
        self.socket.send(Message::Text(text.into())).await.map_err(|_| Over::Left)
    }

    fn record(&mut self, from: Speaker, text: String) -> Result<(), Over> {
        self.said += 1;
        if self.said > MAX_MESSAGES {
            return Err(Over::Closed(close_code::POLICY, "the conversation is too long"));
        }
        self.change(|conversation| conversation.messages.push(ConversationMessage { from, text }));
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut Conversation)) {
        if let (Some(case), Some(number)) = (&self.case, self.number) {
            case.in_conversation(number, change);
        }
    }
}

fn greeting(survey: Option<&SurveyAnswers>) -> String {
    match survey {
        Some(SurveyAnswers { name, question }) if !name.is_empty() => {
            format!("Hello {name}, thank you for waiting. You asked: “{question}” How can I help?")
        }
        _ => "Hello, thank you for waiting. How can I help?".to_owned(),
    }
}

fn reply(text: &str) -> String {
    format!("Thank you, I have noted “{text}”. Is there anything else?")
}
